"""Our clients, their people, and what one should know of them."""

from dataclasses import dataclass


@dataclass
class Client:
    key: str
    name: str
    status: str
    user: str
    city: str
    # key, name, role
    people: list
    # Week of the last contact of the generated history; later ones are written by hand.
    last: int
    # Record that is there already (a demo contact of Odoo's); its people too.
    xmlid: str = ""
    is_company: bool = True
    referrer: str = ""

    @property
    def ref(self):
        return self.xmlid or f"partner_{self.key}"

    @property
    def contacts(self):
        """References of the people we speak with."""
        refs = [key if "." in key else f"partner_{key}" for key, __, __ in self.people]
        return refs or [self.ref]


CLIENTS = [
    # key clients
    Client("ready_mat", "Ready Mat", "key", "anna", "", [
        ("base.res_partner_address_7", "Billy Fox", ""),
        ("base.res_partner_address_13", "Kim Snyder", ""),
    ], 8, "base.res_partner_4"),
    Client("harbourlight", "Harbourlight Hotel", "key", "anna", "Sausalito", [
        ("eleni", "Eleni Markou", "General Manager"),
        ("tomas", "Tomas Wren", "Head of Housekeeping"),
        ("priya", "Priya Nair", "Purchasing"),
    ], 4),
    Client("fernhill", "Fernhill Architects", "key", "ben", "Berkeley", [
        ("jonas", "Jonas Fernhill", "Partner"),
        ("aiko", "Aiko Tanabe", "Interior Architect"),
    ], 3),
    # regular clients
    Client("azure", "Azure Interior", "regular", "anna", "", [
        ("base.res_partner_address_15", "Brandon Freeman", ""),
        ("base.res_partner_address_28", "Colleen Diaz", ""),
    ], 6, "base.res_partner_12"),
    Client("jackson", "The Jackson Group", "regular", "ben", "", [
        ("base.res_partner_address_17", "Toni Rhodes", ""),
        ("base.res_partner_address_18", "Gordon Owens", ""),
    ], 5, "base.res_partner_10"),
    Client("marigold", "Marigold Restaurants", "regular", "ben", "Oakland", [
        ("lucia", "Lucia Ferrant", "Owner"),
        ("dario", "Dario Ferrant", "Head Chef"),
    ], 3, referrer="partner_aiko"),
    Client("quillstone", "Quillstone Law", "regular", "anna", "San Jose", [
        ("harriet", "Harriet Quill", "Senior Partner"),
        ("samir", "Samir Dutt", "Office Manager"),
    ], 5, referrer="partner_priya"),
    Client("tallowfield", "Tallowfield School", "regular", "carla", "Fremont", [
        ("ruth", "Ruth Ellery", "Head Teacher"),
        ("gil", "Gil Navarro", "Caretaker"),
        ("mei", "Mei Lindholm", "Librarian"),
    ], 2, referrer="partner_harriet"),
    Client("brightmoor", "Brightmoor Clinics", "regular", "ben", "Stockton", [
        ("nadia", "Nadia Osei", "Operations"),
        ("paul", "Paul Verity", "Facility Manager"),
    ], 8),
    Client("silverbirch", "Silverbirch Offices", "regular", "carla", "Tracy", [
        ("owen", "Owen Birch", "Managing Director"),
    ], 3, referrer="partner_ruth"),
    # customers
    Client("gemini", "Gemini Furniture", "customer", "ben", "", [
        ("base.res_partner_address_5", "Edwin Hansen", ""),
        ("base.res_partner_address_10", "Jesse Brown", ""),
    ], 7, "base.res_partner_3"),
    Client("copperleaf", "Copperleaf Café", "customer", "carla", "Oakland", [
        ("zoe", "Zoe Amari", "Owner"),
    ], 9),
    Client("petra", "Petra Novak", "customer", "carla", "Berkeley", [], 6, "", False),
    Client("little_acorn", "Little Acorn Nursery", "customer", "carla", "Oakland", [
        ("bea", "Bea Holloway", "Head of Nursery"),
    ], 1),
    Client("whitlock", "Hugh Whitlock", "customer", "ben", "Fremont", [], 1, "", False),
    Client("solheim", "Solheim Dental Practice", "customer", "ben", "Oakland", [
        ("ingrid", "Dr. Ingrid Solheim", "Dentist"),
        ("kofi", "Kofi Mensah-Hart", "Reception"),
    ], 1),
    Client("haddad", "Omar Haddad", "customer", "carla", "Oakland", [], 1, "", False),
    Client("bluebell", "Bluebell Bookshop", "customer", "ben", "Berkeley", [
        ("fiona", "Fiona Belling", "Owner"),
    ], 7),
    Client("kestrel", "Kestrel Engineering", "customer", "anna", "San Jose", [
        ("victor", "Victor Stroud", "Plant Manager"),
        ("lena", "Lena Kovac", "Purchasing"),
    ], 10, referrer="partner_owen"),
    # prospects
    Client("larchwood", "Larchwood Studios", "prospect", "anna", "Oakland", [
        ("noor", "Noor Larch", "Producer"),
        ("stan", "Stan Weller", "Studio Manager"),
    ], 4),
    Client("northgate", "Northgate Coworking", "prospect", "ben", "San Jose", [
        ("milo", "Milo Grant", "Founder"),
        ("yara", "Yara Lopes", "Community Manager"),
    ], 2, referrer="partner_aiko"),
    Client("pinecrest", "Pinecrest Theatre", "prospect", "ben", "Oakland", [
        ("oscar", "Oscar Pine", "House Manager"),
    ], 3, referrer="partner_jonas"),
    Client("saltmarsh", "Saltmarsh Brewery", "prospect", "carla", "Sausalito", [
        ("greta", "Greta Marsh", "Brewer"),
        ("finn", "Finn Marsh", "Tap Room"),
    ], 3),
    Client("willowbank", "Willowbank Library", "prospect", "anna", "Stockton", [
        ("edith", "Edith Crane", "Library Director"),
    ], 6),
    Client("juniper", "Juniper Yoga Studio", "prospect", "carla", "Berkeley", [
        ("maya", "Maya Juniper", "Owner"),
    ], 2, referrer="partner_lucia"),
    Client("martha", "Martha Lindgren", "prospect", "carla", "Tracy", [], 2, "", False),
    Client("redwater", "Redwater Insurance", "prospect", "ben", "Stockton", [
        ("colin", "Colin Ashby", "Facility Manager"),
        ("tess", "Tess Moran", "Assistant"),
    ], 4),
    # cold
    Client("ashgrove", "Ashgrove Bakery", "cold", "carla", "Fremont", [
        ("nell", "Nell Ashgrove", "Owner"),
    ], 6),
    Client("cobalt", "Cobalt Cycles", "cold", "ben", "Oakland", [
        ("ravi", "Ravi Sandhu", "Owner"),
    ], 4),
    Client("thistle", "Thistle and Thread", "cold", "carla", "Berkeley", [
        ("isla", "Isla Thorne", "Owner"),
    ], 2),
    Client("viktor", "Viktor Hale", "cold", "ben", "Tracy", [], 2, "", False),
    Client("elmstead", "Elmstead Parish Hall", "cold", "carla", "Tracy", [
        ("agnes", "Agnes Coombe", "Treasurer"),
    ], 11),
    Client("moonrise", "Moonrise Camping", "cold", "ben", "Fremont", [
        ("leo", "Leo Castell", "Site Manager"),
    ], 30),
    # dormant
    Client("oldmill", "Old Mill Inn", "dormant", "anna", "Sausalito", [
        ("walter", "Walter Mills", "Innkeeper"),
    ], 30),
    Client("larkspur", "Larkspur Salon", "dormant", "carla", "San Jose", [
        ("dana", "Dana Voss", "Owner"),
    ], 26),
    Client("granite", "Granite Fitness", "dormant", "ben", "Stockton", [
        ("hank", "Hank Ruger", "Manager"),
    ], 24),
    Client("sofia", "Sofia Marin", "dormant", "carla", "Oakland", [], 28, "", False),
    # lost
    Client("hollowtree", "Hollow Tree Toys", "lost", "ben", "San Jose", [
        ("june", "June Hollis", "Owner"),
    ], 14),
    Client("beacon", "Beacon Travel", "lost", "carla", "Fremont", [
        ("ted", "Ted Larkin", "Branch Manager"),
    ], 22),
    Client("dalebrook", "Dalebrook Offices", "lost", "anna", "Oakland", [
        ("irene", "Irene Dale", "Procurement"),
    ], 27),
]  # fmt: skip

# What one should know before calling.
NOTES = {
    "base.res_partner_address_15": "Decides with his partner, who minds the money.",
    "base.res_partner_address_28": "Does the buying, wants every price in writing.",
    "base.res_partner_address_17": "Turns up early. Likes to be greeted on the birthday.",
    "partner_eleni": "Decides herself. No calls in the week of Greek Easter.",
    "partner_tomas": "Vegetarian, two small children. Ring the back door.",
    "partner_jonas": "Sends us clients. Hates plastic samples.",
    "partner_ruth": "Only reachable after 15:30, when school is over.",
    "partner_harriet": "Formal. Never by first name in a mail.",
    "partner_greta": "Always offers a beer. Come by bus.",
    "partner_owen": "Talks about sailing for ten minutes first. Let him.",
}

# Of these clients: why they left, and the week.
LEFT = {
    "hollowtree": (14, "Buys from a discounter now"),
    "beacon": (22, "Closed their shop, books online only"),
    "dalebrook": (27, "Took a framework contract with another maker"),
}
QUIET = "Silent for more than four months"
# Who was given up by hand: the week, and why. They came back, which facts find by themselves.
GIVEN_UP = {"bluebell": (9, "No answer to three mails")}


BY_KEY = {client.key: client for client in CLIENTS}
