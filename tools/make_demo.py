#!/usr/bin/env python3
"""Write the bulk of the demo data: `python tools/make_demo.py && make format`.

The tables below are the story of a year at Oak & Light, a small furniture company:
its clients, their people and their deals. From each deal follow an inquiry, an answer,
an offer and an end, and between the deals the small talk and the complaints. The same
tables always give the same files:

    crm_relationship/demo/res_partner_demo.xml       clients and their people
    crm_relationship/demo/crm_lead_demo.xml          leads and deals
    crm_relationship/demo/crm_relationship_status_change_demo.xml
    crm_relationship/demo/crm_interaction_demo.xml   the year
    crm_relationship/demo/crm_source_cost_demo.xml   what the sources cost

What tells the story of a single client (the last weeks, promises, dates, meetings) is
written by hand in the other files of that folder.

All dates are relative to the day the data is loaded. A day is "so many weeks ago, on a
Tuesday", so that nobody works on a Sunday; costs and the banner go by months.
"""

import random
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import quoteattr

DEMO = Path(__file__).resolve().parent.parent / "crm_relationship" / "demo"

# ---------------------------------------------------------------------------
# Days
# ---------------------------------------------------------------------------


def clock(moment):
    """Hour and minute in UTC; today() has the time of the day in it."""
    return f"hour={moment.hour}, minute={moment.minute}, second=0, microsecond=0"


class Week(NamedTuple):
    """The first `weekday` on or after the day so many weeks ago, and `plus` days."""

    ago: int
    weekday: int
    hour: int = 9
    minute: int = 0
    plus: int = 0

    def __str__(self):
        day = f"weeks=-{self.ago}, weekday={self.weekday}"
        text = f"DateTime.today() + relativedelta({day}, {clock(self)})"
        return f"{text} + relativedelta(days={self.plus})" if self.plus else text

    @property
    def order(self):
        return -7 * self.ago + self.weekday / 10 + self.plus


class Month(NamedTuple):
    """A day of the month so many months ago; what lies in last month stays there."""

    ago: int
    day: int
    hour: int = 9
    minute: int = 0

    def __str__(self):
        day = f"months=-{self.ago}, day={self.day}"
        return f"DateTime.today() + relativedelta({day}, {clock(self)})"

    @property
    def order(self):
        return -30.4 * self.ago - 15 + self.day


# ---------------------------------------------------------------------------
# The story
# ---------------------------------------------------------------------------


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
    ], 3),
    Client("quillstone", "Quillstone Law", "regular", "anna", "San Jose", [
        ("harriet", "Harriet Quill", "Senior Partner"),
        ("samir", "Samir Dutt", "Office Manager"),
    ], 5),
    Client("tallowfield", "Tallowfield School", "regular", "carla", "Fremont", [
        ("ruth", "Ruth Ellery", "Head Teacher"),
        ("gil", "Gil Navarro", "Caretaker"),
        ("mei", "Mei Lindholm", "Librarian"),
    ], 2),
    Client("brightmoor", "Brightmoor Clinics", "regular", "ben", "Stockton", [
        ("nadia", "Nadia Osei", "Operations"),
        ("paul", "Paul Verity", "Facility Manager"),
    ], 8),
    Client("silverbirch", "Silverbirch Offices", "regular", "carla", "Tracy", [
        ("owen", "Owen Birch", "Managing Director"),
    ], 3),
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
    ], 10),
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
    ], 2),
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

SOURCES = {
    "google": ("utm_source_google", "utm.utm_medium_google_adwords"),
    "facebook": ("utm.utm_source_facebook", "utm.utm_medium_facebook"),
    "banner": ("utm_source_banner", "utm.utm_medium_banner"),
    "fair": ("utm_source_fair", "utm.utm_medium_direct"),
    "newsletter": ("utm.utm_source_newsletter", "utm.utm_medium_email"),
    "referral": ("utm.utm_source_referral", "utm.utm_medium_direct"),
    "print": ("utm_source_print", None),
    "chat": ("utm_source_chat", "utm.utm_medium_website"),
    "": (None, None),
}

EXPENSIVE, STOCK = "crm.lost_reason_1", "crm.lost_reason_3"
CHEAPER, SILENT, LATE = "lost_reason_other", "lost_reason_silent", "lost_reason_delivery"

NEW, QUALIFIED, PROPOSAL, WON, LOST = "new", "qualified", "proposal", "won", "lost"
STAGES = {
    NEW: "crm.stage_lead1",
    QUALIFIED: "crm.stage_lead2",
    PROPOSAL: "crm.stage_lead3",
    WON: "crm.stage_lead4",
    LOST: "crm.stage_lead2",
}


@dataclass
class Lead:
    client: str
    name: str
    value: int
    source: str
    came: object
    stage: str
    closed: object = None
    reason: str = ""
    # Of somebody who is no client yet: who asked, and who of us answers.
    stranger: str = ""
    user: str = ""
    works: str = ""
    xmlid: str = ""

    @property
    def key(self):
        return self.client or slug(self.stranger).replace(" ", "_")


def deal(client, name, value, source, came, stage, closed=None, reason=""):
    """A deal of a client; `came` and `closed` are weeks ago."""
    start = Week(came, came % 3, 8 + came % 7, 5 * (value // 100 % 12))
    if closed == came:
        end = Week(closed, came % 3, 15, 30, 3)
    elif closed:
        end = Week(closed, 3 + closed % 2, 14, 5 * (value // 50 % 12))
    else:
        end = None
    return Lead(client, name, value, source, start, stage, end, reason)


def banner(who, name, value, day, stage, closed=None, reason="", user="carla"):
    """A deal the banner brought last month; `who` is a client or a stranger's name."""
    client = who if who in {client.key for client in CLIENTS} else ""
    lead = Lead(client, name, value, "banner", Month(1, day, 8 + day % 6, 7 * day % 60), stage)
    lead.closed = Month(1, closed, 16) if closed else None
    lead.reason, lead.user = reason, user
    lead.stranger = "" if client else who
    return lead


def stranger(who, name, value, source, came, stage, closed=None, reason="", user="ben", works=""):
    """A deal of nobody's; `works` is the client whose domain the mail came from, if any."""
    lead = deal("", name, value, source, came, stage, closed, reason)
    lead.stranger, lead.user, lead.works = who, user, works
    return lead


LEADS = [
    deal("ready_mat", "24 canteen tables", 14400, "referral", 100, WON, 96),
    deal("ready_mat", "Meeting room set", 6200, "", 60, WON, 57),
    deal("ready_mat", "40 stacking chairs", 5200, "fair", 35, WON, 32),
    deal("ready_mat", "Reception counter in oak", 9800, "", 9, PROPOSAL),
    deal("harbourlight", "30 bedside lamps", 3600, "google", 50, WON, 47),
    deal("harbourlight", "8 lobby armchairs", 7200, "", 38, WON, 35),
    deal("harbourlight", "18 desks for the rooms", 12600, "", 22, WON, 18),
    deal("harbourlight", "20 terrace tables", 11000, "", 5, PROPOSAL),
    deal("fernhill", "Sample set", 900, "fair", 35, WON, 33),
    deal("fernhill", "Office fit-out, phase 1", 16500, "", 26, WON, 21),
    deal("fernhill", "Office fit-out, phase 2", 13800, "", 15, WON, 9),
    deal("fernhill", "Library wall", 7400, "", 4, QUALIFIED),
    deal("azure", "6 display tables", 4200, "google", 51, WON, 48),
    deal("azure", "10 pendant lamps", 2400, "", 30, WON, 27),
    deal("azure", "12 oak desks", 8400, "", 2, PROPOSAL),
    deal("jackson", "Boardroom table", 5800, "newsletter", 45, WON, 41),
    deal("jackson", "16 task chairs", 4800, "", 24, WON, 22),
    deal("jackson", "Lounge corner", 2600, "facebook", 12, LOST, 10, EXPENSIVE),
    deal("marigold", "30 bistro chairs", 4500, "fair", 35, WON, 31),
    deal("marigold", "12 bistro tables", 5400, "", 17, WON, 14),
    deal("marigold", "Chairs for the second house", 9600, "", 4, PROPOSAL),
    deal("quillstone", "Partner's office in walnut", 7300, "referral", 48, WON, 44),
    deal("quillstone", "6 waiting room armchairs", 3900, "", 20, WON, 17),
    deal("tallowfield", "20 reading lamps", 1600, "google", 44, WON, 40),
    deal("tallowfield", "15 library shelves", 6750, "", 28, WON, 24),
    deal("tallowfield", "Staff room tables", 3200, "", 6, QUALIFIED),
    deal("brightmoor", "Waiting room benches", 5100, "chat", 40, WON, 36),
    deal("brightmoor", "4 reception desks", 8800, "", 19, WON, 13),
    deal("silverbirch", "14 standing desks", 9800, "google", 39, WON, 33),
    deal("silverbirch", "14 desk lamps", 1400, "", 16, WON, 15),
    deal("silverbirch", "3 phone booths", 7500, "", 8, LOST, 5, LATE),
    deal("gemini", "Wholesale: 20 lamps", 1800, "", 70, WON, 68),
    deal("gemini", "Wholesale: oak table legs", 2100, "newsletter", 10, LOST, 8, STOCK),
    deal("copperleaf", "8 café tables", 2900, "facebook", 25, WON, 22),
    deal("petra", "Dining table in oak", 1450, "facebook", 18, WON, 16),
    deal("bluebell", "9 bookshelves", 4050, "chat", 21, WON, 17),
    deal("kestrel", "10 workshop stools", 1900, "google", 13, WON, 11),
    deal("larchwood", "Meeting table for 14", 8400, "google", 7, PROPOSAL),
    deal("northgate", "40 desks for the new floor", 22000, "referral", 6, PROPOSAL),
    deal("pinecrest", "Foyer seating", 6600, "referral", 8, QUALIFIED),
    deal("saltmarsh", "Tap room tables", 3800, "facebook", 5, PROPOSAL),
    deal("willowbank", "10 reading tables", 7200, "newsletter", 9, PROPOSAL),
    deal("juniper", "Benches and shelves", 2100, "facebook", 4, QUALIFIED),
    deal("martha", "Bedroom in ash", 3400, "chat", 3, PROPOSAL),
    deal("redwater", "25 desk lamps", 2700, "print", 7, PROPOSAL),
    deal("ashgrove", "Shop counter", 3000, "print", 6, NEW),
    deal("cobalt", "Work tables", 1700, "", 4, NEW),
    deal("thistle", "Display tables", 1900, "facebook", 2, NEW),
    deal("viktor", "Desk lamp", 180, "chat", 2, NEW),
    deal("elmstead", "60 hall chairs", 6000, "newsletter", 11, NEW),
    deal("moonrise", "Beds for the lodge", 5000, "fair", 34, LOST, 30, STOCK),
    deal("oldmill", "12 inn tables", 5600, "", 80, WON, 76),
    deal("larkspur", "5 salon chairs", 3100, "facebook", 46, WON, 43),
    deal("granite", "Locker room benches", 2800, "google", 49, WON, 45),
    deal("sofia", "Wardrobe in ash", 2300, "newsletter", 42, WON, 39),
    deal("hollowtree", "Toy shelves", 2600, "google", 43, WON, 40),
    deal("hollowtree", "More toy shelves", 2900, "", 20, LOST, 16, EXPENSIVE),
    deal("beacon", "Counter and stools", 4200, "print", 30, LOST, 25, SILENT),
    deal("dalebrook", "50 desks", 24000, "fair", 34, LOST, 28, CHEAPER),
    # They asked and never became clients.
    stranger("Rolf Ebner", "Bunk beds", 1200, "google", 47, LOST, 44, STOCK, "carla"),
    stranger("Tanya Brook", "Kitchen island", 3900, "google", 29, LOST, 26, EXPENSIVE),
    stranger(
        "Felix Adler", "Standing desk", 650, "google", 3, NEW, user="carla", works="brightmoor"
    ),
    stranger("Grace Omondi", "Wardrobe", 2100, "facebook", 33, LOST, 31, SILENT, "carla"),
    stranger("Nico Pavel", "TV bench", 480, "facebook", 14, LOST, 13, CHEAPER, "carla"),
    stranger("Heather Voll", "Garden bench", 390, "newsletter", 23, LOST, 21, SILENT),
    stranger("Ida Blom", "Bar counter", 2800, "print", 26, LOST, 22, EXPENSIVE),
    stranger("Carl Ostrow", "Sideboard", 1600, "print", 18, LOST, 15, SILENT, "carla"),
    stranger("Jade Moreau", "Lamp repair", 60, "chat", 12, LOST, 11, LATE, "carla"),
    stranger("Adam Keel", "Children's room", 1900, "", 32, LOST, 29, EXPENSIVE),
    # Last month they put up a banner on the ring road, and people came.
    banner("little_acorn", "24 children's chairs", 2400, 4, WON, 15),
    banner("whitlock", "Desk and lamp", 1150, 6, WON, 9, user="ben"),
    banner("bluebell", "Reading corner", 1960, 8, WON, 22, user="ben"),
    banner("solheim", "Waiting room benches", 3600, 10, WON, 24, user="ben"),
    banner("haddad", "Two bar stools and a lamp", 890, 13, WON, 17),
    banner("Rosa Linde", "Sofa table", 420, 3, LOST, 12, CHEAPER),
    banner("Pete Garrow", "Corner sofa", 2800, 5, LOST, 19, STOCK),
    banner("Ewa Zielny", "Bookcase", 760, 5, QUALIFIED),
    banner("Bram Okafor", "Dining table for 8", 2200, 7, PROPOSAL, user="ben"),
    banner("Lily Chandra", "Desk lamp", 140, 9, LOST, 20, SILENT),
    banner("Hal Winters", "Oak bed", 1700, 11, QUALIFIED),
    banner("Mona Sayed", "Kitchen stools", 540, 12, NEW),
    banner("Gus Petrov", "Workbench", 980, 14, NEW, user="ben"),
    banner("Clara Dunn", "Nursing chair", 610, 16, QUALIFIED),
    banner("Ivan Roth", "Office for two", 3100, 17, PROPOSAL, user="ben"),
    banner("Sue Appleby", "Hall mirror and coats", 520, 18, LOST, 26, EXPENSIVE),
    banner("Theo Lang", "Floor lamp", 260, 19, NEW),
    banner("Amara Bello", "Dining chairs", 1280, 20, QUALIFIED),
    banner("Dirk Haas", "TV wall", 1900, 21, NEW, user="anna"),
    banner("Kim Sorel", "Garden table", 850, 22, NEW),
    banner("Otis Vane", "Shelves", 700, 23, NEW),
    banner("Pia Storm", "Bedside tables", 380, 24, NEW),
    banner("Ron Castle", "Reception desk", 2600, 25, QUALIFIED, user="anna"),
    banner("Vera Holt", "Shoe bench", 290, 27, NEW),
]

# What the sources cost a month, the current one last; the banner and the fair once.
MONTHLY_COSTS = {
    "google": [190, 190, 210, 210, 220, 240, 240, 220, 210, 220, 230, 230],
    "facebook": [90, 90, 110, 110, 110, 125, 100, 100, 100, 90, 90, 90],
    "newsletter": [60] * 12,
    "print": [320, 320, 320, 320, 320, 320, 340, 340, 340, 340, 340, 340],
    "chat": [39] * 12,
}

# ---------------------------------------------------------------------------
# What is said between the deals: channel, who began, why, how it ended, subject, note
# ---------------------------------------------------------------------------

IN, OUT = "in", "out"
SMALL_TALK = [
    ("phone", OUT, "keep_in_touch", "", "How is it going?", "All well, nothing needed for now"),
    ("email", OUT, "keep_in_touch", "", "New catalogue", "Sent the new lamps, what do they think?"),
    ("visit", OUT, "keep_in_touch", "", "Passing by", "Coffee, and a look at the old pieces"),
    (
        "phone",
        OUT,
        "follow_up",
        "agreed",
        "After the delivery",
        "Happy, one drawer sticks a little",
    ),
    ("letter", OUT, "keep_in_touch", "", "Season's card", "Card signed by all of us"),
    ("meeting", OUT, "keep_in_touch", "agreed", "Showroom morning", "Tried the new task chairs"),
    ("messenger", OUT, "keep_in_touch", "", "From the workshop", "A picture of their oak boards"),
    ("phone", IN, "inquiry", "", "Opening hours", "Asked whether we are open on Saturday"),
    ("sms", OUT, "follow_up", "", "Delivery window", "Told them the van comes between 9 and 11"),
    ("phone", OUT, "follow_up", "think", "Next year's budget", "Decides later, call again then"),
    (
        "visit",
        IN,
        "inquiry",
        "think",
        "In the showroom",
        "Came with a colleague, took a price list",
    ),
    (
        "other",
        OUT,
        "keep_in_touch",
        "",
        "At the trade association",
        "Short talk, they plan to move",
    ),
]
SERVICE = [
    ("email", "Scratch on a table top", "Sent a picture of the scratch",
     "phone", "The wax kit goes out today", "agreed"),
    ("phone", "Lamp flickers", "One of the lamps flickers since Monday",
     "visit", "Changed the driver on the spot, free of charge", "agreed"),
    ("chat", "Care of oiled oak", "How often to oil the desk?",
     "chat", "Twice a year, sent the leaflet", "agreed"),
    ("messenger", "Screws missing", "Two screws are missing in the bag",
     "messenger", "Sent by post, sorry about that", "agreed"),
    ("email", "Invoice to another address", "Please change the invoice address",
     "email", "Changed and sent again", "agreed"),
    ("sms", "Where is the van?", "Nobody here yet",
     "phone", "Driver was stuck in traffic, arrives in 20 minutes", "agreed"),
]  # fmt: skip
ATTEMPTS = ["Tried to reach them", "Follow-up call", "Short check"]
# How an inquiry arrives, by source: channel, medium of our answer.
FIRST_TOUCH = {
    "google": [("website", "email"), ("email", "phone"), ("phone", "email")],
    "facebook": [("messenger", "messenger"), ("email", "email")],
    "banner": [("visit", "visit"), ("phone", "phone"), ("visit", "email")],
    "fair": [("meeting", "email"), ("email", "phone")],
    "newsletter": [("email", "email"), ("website", "phone")],
    "referral": [("phone", "phone"), ("email", "email")],
    "print": [("phone", "phone"), ("letter", "phone")],
    "chat": [("chat", "chat")],
    "": [("email", "email"), ("phone", "email"), ("visit", "email")],
}
WRITTEN = {"email", "website", "chat", "messenger", "sms", "letter"}
INQUIRIES = ["Asks for {item}", "Interested in {item}, wants a price", "Needs {item} this season"]
ANSWERS = ["Asked for the measurements", "Sent drawings and a first price", "Agreed to look at it"]
OFFERS = [
    ("meeting", "Went through the drawings, they like the oil finish", 1.0),
    ("visit", "Measured on site, narrow staircase, needs two people", 1.5),
    ("email", "Sent the offer with two finishes", 0),
    ("phone", "Explained the offer, must ask the others", 0.3),
]
DISCOUNTS = ["", ", -5%", ", free delivery", ", -3%", ", 2 weeks earlier", ""]
ENDS = {
    WON: ["Signed, deposit follows", "Yes by phone, order confirmed", "Agreed at the second price"],
    LOST: {
        EXPENSIVE: "Likes it, but the price is too high",
        STOCK: "Could not wait, we had no oak left",
        CHEAPER: "Bought elsewhere",
        SILENT: "Gave up after three calls",
        LATE: "Our date was too late for them",
    },
}


# ---------------------------------------------------------------------------
# Writing
# ---------------------------------------------------------------------------


class File:
    """One file of records; `context` keeps Odoo's own notices out of the story."""

    def __init__(self, name, context):
        self.name = name
        self.lines = ['<?xml version="1.0" encoding="UTF-8" ?>']
        self.lines.append("<!-- Written by tools/make_demo.py: change the tables there. -->")
        self.lines.append(f'<odoo noupdate="1" context={quoteattr(context)}>')

    def record(self, xmlid, model, **values):
        self.lines.append(f'    <record id="{xmlid}" model="{model}">')
        for name, value in values.items():
            if value is not None and value != "":
                self.lines.append(f"        {self._field(name, value)}")
        self.lines.append("    </record>")

    def _field(self, name, value):
        if isinstance(value, Ref):
            return f'<field name="{name}" ref="{value}" />'
        if isinstance(value, str) and len(value) < 60 and "&" not in value:
            return f'<field name="{name}">{value}</field>'
        if isinstance(value, str):
            # The formatter would break the text, and the line break would be stored.
            value = repr(value)
        return f'<field name="{name}" eval={quoteattr(str(value))} />'

    def function(self, model, name, uid, arguments):
        call = f'model="{model}" name="{name}" uid="{uid}" eval={quoteattr(arguments)}'
        self.lines.append(f"    <function {call} />")

    def write(self):
        text = "\n".join([*self.lines, "</odoo>", ""])
        (DEMO / self.name).write_text(text, encoding="utf-8")


class Ref(str):
    """External id of another record."""

    __slots__ = ()


def ref_or_none(xmlid):
    return Ref(xmlid) if xmlid else None


QUIETLY = "{'tracking_disable': True, 'mail_create_nolog': True, 'mail_create_nosubscribe': True}"
BY_KEY = {client.key: client for client in CLIENTS}


def owner(lead):
    """Who of us has the lead."""
    return lead.user or BY_KEY[lead.client].user


class Telephone:
    """Numbers that are well formed and belong to nobody (555-01xx)."""

    AREAS = ("415", "510", "209", "925", "408")

    def __init__(self):
        self.given = count()

    def next(self):
        number = next(self.given)
        return f"+1 {self.AREAS[number % 5]}-555-{100 + number // 5:04d}"


def slug(name):
    return name.lower().replace("dr. ", "").replace("é", "e").replace("-", "")


def private_mailbox(name):
    return f"{slug(name).replace(' ', '.')}@mail.example.org"


def domain_of(client):
    return f"{slug(client.name).replace(' ', '')}.example.com"


def mailbox_of_stranger(lead):
    mailbox = private_mailbox(lead.stranger)
    employer = next((client for client in CLIENTS if client.key == lead.works), None)
    return mailbox.replace("mail.example.org", domain_of(employer)) if employer else mailbox


def write_partners(telephone):
    out = File("res_partner_demo.xml", QUIETLY)
    for client in CLIENTS:
        user = Ref(f"user_{client.user}")
        if client.xmlid:
            out.record(client.xmlid, "res.partner", user_id=user)
            continue
        domain = domain_of(client)
        mailbox = f"hello@{domain}" if client.is_company else private_mailbox(client.name)
        out.record(
            client.ref,
            "res.partner",
            name=client.name,
            is_company=client.is_company,
            city=client.city,
            state_id=Ref("base.state_us_5"),
            country_id=Ref("base.us"),
            email=mailbox,
            phone=telephone.next(),
            user_id=user,
            referrer_id=ref_or_none(client.referrer),
        )
        for key, name, role in client.people:
            out.record(
                f"partner_{key}",
                "res.partner",
                name=name,
                parent_id=Ref(client.ref),
                function=role,
                email=f"{slug(name).replace(' ', '.')}@{domain}",
                phone=telephone.next(),
                user_id=user,
                comment=NOTES.get(f"partner_{key}"),
            )
    for xmlid, note in NOTES.items():
        if xmlid.startswith("base."):
            out.record(xmlid, "res.partner", comment=note)
    out.write()


def name_leads():
    numbers = {}
    for lead in LEADS:
        key = lead.key
        numbers[key] = numbers.get(key, 0) + 1
        lead.xmlid = f"lead_{key}_{numbers[key]}" if lead.client else f"lead_{key}"


def contact_of(lead):
    if not lead.client:
        return None
    contacts = BY_KEY[lead.client].contacts
    return contacts[len(lead.name) % len(contacts)]


def last_step(lead):
    """When the deal came to its stage: the open offers in the last days, but one."""
    if lead.closed or lead.stage != PROPOSAL or lead.client == "redwater":
        return lead.closed or lead.came
    return Raw(f"DateTime.now() - relativedelta(days={1 + len(lead.name) % 3})")


def write_leads(telephone):
    out = File("crm_lead_demo.xml", QUIETLY)
    for number, lead in enumerate(LEADS):
        source, medium = SOURCES[lead.source]
        values = {
            "name": lead.name,
            "type": "opportunity",
            "create_date": lead.came,
            "date_open": lead.came,
            "partner_id": ref_or_none(contact_of(lead)),
            "user_id": Ref(f"user_{owner(lead)}"),
            "team_id": Ref("crm_team_oak_light"),
            "stage_id": Ref(STAGES[lead.stage]),
            "source_id": ref_or_none(source),
            "medium_id": ref_or_none(medium),
            "expected_revenue": lead.value,
            "date_last_stage_update": last_step(lead),
        }
        if lead.stranger:
            values |= {
                "contact_name": lead.stranger,
                "email_from": mailbox_of_stranger(lead),
                "phone": telephone.next(),
            }
        if lead.stage == WON:
            values |= {"probability": 100, "date_closed": lead.closed}
        elif lead.stage == LOST:
            values |= {"active": False, "probability": 0, "date_closed": lead.closed}
            values["lost_reason_id"] = Ref(lead.reason)
        else:
            values["priority"] = "2" if lead.value > 8000 else "1" if lead.value > 2500 else "0"
            if lead.stage == PROPOSAL:
                days = 5 + 7 * (number % 6)
                day = f"DateTime.today() + relativedelta(days={days})"
                values["date_deadline"] = Raw(f"({day}).date()")
        out.record(lead.xmlid, "crm.lead", **values)
    out.write()


class Raw:
    """Python that is evaluated when the data is loaded."""

    def __init__(self, text):
        self.text = text

    def __str__(self):
        return self.text


def later(moment, days):
    """So many days after the moment, within the same week or month."""
    if isinstance(moment, Month):
        return moment._replace(day=moment.day + days, hour=15)
    return moment._replace(plus=moment.plus + days, hour=15)


def status_steps(client):
    """How the client became what it is: (moment, from, to, who, why)."""
    deals = [lead for lead in LEADS if lead.client == client.key]
    deals.sort(key=lambda lead: lead.came.order)
    won = sorted((lead for lead in deals if lead.stage == WON), key=lambda lead: lead.closed.order)
    steps = [(deals[0].came, "cold", "", "First lead or contact")]
    if client.status != "cold":
        steps.append((later(deals[0].came, 1), "prospect", client.user, "Asked for an offer"))
    if won:
        steps.append((won[0].closed, "customer", client.user, f'Because "{won[0].name}" was won'))
    if len(won) > 1 and client.status in ("regular", "key"):
        steps.append((won[1].closed, "regular", client.user, "Came back for more"))
    if client.status == "key":
        steps.append((won[-1].closed, "key", "anna", "Too important to be one of many"))
    if client.status == "dormant":
        steps.append((Week(client.last - 18, 1, 7), "dormant", "anna", QUIET))
    if client.status == "lost":
        week, reason = LEFT[client.key]
        steps.append((Week(week - 1, 2, 10), "lost", client.user, reason))
    before = [None, *(status for __, status, __, __ in steps[:-1])]
    return [
        (moment, old, new, who, why)
        for old, (moment, new, who, why) in zip(before, steps, strict=True)
    ]


def write_statuses():
    out = File("crm_relationship_status_change_demo.xml", QUIETLY)
    for client in CLIENTS:
        for moment, old, new, who, why in status_steps(client):
            start = f"ref('status_{old}')" if old else "None"
            change = f"(ref('{client.ref}'), {start}, ref('status_{new}'), {why!r})"
            uid = f"user_{who}" if who else "base.user_root"
            out.function("res.partner", "_apply_status_changes", uid, f"[[{change}], {moment}]")
    out.write()


class History:
    """The year, one interaction after the other."""

    def __init__(self, out):
        self.out = out
        self.random = random.Random("oak & light")
        self.numbers = {}

    def pick(self, choices):
        # random.random() is the same in every version of Python; choice() is not.
        return choices[int(self.random.random() * len(choices))]

    def log(self, key, moment, user, channel, direction, **values):
        self.numbers[key] = self.numbers.get(key, 0) + 1
        xmlid = f"interaction_{key}_{self.numbers[key]}"
        for name in ("purpose", "outcome"):
            value = values.pop(name, "")
            values[f"{name}_id"] = Ref(f"{name}_{value}") if value else None
        if "lead_id" not in values:
            values["team_id"] = Ref("crm_team_oak_light")
        self.out.record(
            xmlid,
            "crm.interaction",
            date=moment,
            user_id=Ref(f"user_{user}"),
            channel=channel,
            direction=direction,
            origin_key=f"demo:{key}:{self.numbers[key]}",
            **values,
        )

    def deal(self, lead):
        """An inquiry, our answer, an offer, and how it ended."""
        key, user = lead.key, owner(lead)
        about = {"lead_id": Ref(lead.xmlid), "partner_id": ref_or_none(contact_of(lead))}
        channel, answer = self.pick(FIRST_TOUCH[lead.source])
        self.log(
            key,
            lead.came,
            user,
            channel,
            IN,
            **about,
            subject=lead.name,
            purpose="inquiry",
            summary=self.pick(INQUIRIES).format(item=lead.name.lower()),
            needs_reply=True if channel in WRITTEN and lead.client else None,
        )
        if lead.stage == NEW and channel not in WRITTEN:
            return
        reply = lead.came._replace(hour=15, minute=self.pick(range(0, 60, 5)))
        self.log(
            key,
            reply,
            user,
            answer,
            OUT,
            **about,
            subject=lead.name,
            purpose="inquiry",
            summary=self.pick(ANSWERS),
        )
        offered = f"{lead.name}, {lead.value:,}{self.pick(DISCOUNTS)}"
        if middle := self._between(lead):
            channel, note, hours = self.pick(OFFERS)
            self.log(
                key,
                middle,
                user,
                channel,
                OUT,
                **about,
                subject=lead.name,
                purpose="quotation",
                offered=offered,
                outcome="think",
                summary=note,
                duration=hours or None,
            )
        if lead.closed:
            channel = "visit" if lead.source == "banner" else "phone"
            note = ENDS[LOST][lead.reason] if lead.stage == LOST else self.pick(ENDS[WON])
            self.log(
                key,
                lead.closed,
                user,
                channel,
                OUT,
                **about,
                subject=lead.name,
                purpose="order",
                offered=offered,
                outcome="agreed" if lead.stage == WON else "refused",
                summary=note,
            )

    def _between(self, lead):
        if isinstance(lead.came, Month):
            return None if lead.stage == NEW else lead.came._replace(hour=17)
        end = lead.closed.ago if lead.closed else 1
        client = BY_KEY.get(lead.client)
        if not lead.closed and client:
            end = max(client.last - 1, 0)
        if lead.came.ago - end < 2 or lead.stage == NEW:
            return None
        middle = (lead.came.ago + end + 1) // 2
        return Week(middle, self.pick(range(5)), 9 + middle % 6, self.pick(range(0, 60, 5)))

    def small_talk(self, client):
        """What happens between the deals, until the week of the last contact."""
        busy = set()
        for lead in LEADS:
            if lead.client == client.key and isinstance(lead.came, Week):
                end = lead.closed.ago if lead.closed else client.last
                busy.update(range(end, lead.came.ago + 1))
        first = max((week for week in busy), default=0)
        week = min(first, 52)
        while week >= client.last:
            if week not in busy:
                self._one_contact(client, week)
            week -= max(1, self._rhythm(client) + int(self.random.random() * 3) - 1)
        if client.last not in busy:
            self._one_contact(client, client.last, sure=True)

    def _rhythm(self, client):
        return {"key": 2, "regular": 4, "customer": 6, "prospect": 2}.get(client.status, 7)

    def _one_contact(self, client, week, sure=False):
        minute = self.pick(range(0, 60, 5))
        moment = Week(week, self.pick(range(5)), self.pick(range(8, 15)), minute)
        person = {"partner_id": Ref(self.pick(client.contacts))}
        fate = self.random.random()
        if fate < 0.14 and not sure:
            self.log(
                client.key,
                moment,
                client.user,
                "phone",
                OUT,
                **person,
                subject=self.pick(ATTEMPTS),
                purpose="follow_up",
                outcome="no_answer",
            )
        elif fate < 0.34 and client.status not in ("cold", "prospect"):
            channel, subject, note, answer, reply, outcome = self.pick(SERVICE)
            self.log(
                client.key,
                moment,
                client.user,
                channel,
                IN,
                **person,
                subject=subject,
                purpose="service",
                summary=note,
                needs_reply=True,
            )
            hours = 1 + int(self.random.random() * 3)
            self.log(
                client.key,
                moment._replace(hour=moment.hour + hours),
                client.user,
                answer,
                OUT,
                **person,
                subject=subject,
                purpose="service",
                summary=reply,
                outcome=outcome,
            )
        else:
            channel, direction, purpose, outcome, subject, note = self.pick(SMALL_TALK)
            self.log(
                client.key,
                moment,
                client.user,
                channel,
                direction,
                **person,
                subject=subject,
                purpose=purpose,
                summary=note,
                outcome=outcome,
            )


def write_history():
    history = History(File("crm_interaction_demo.xml", QUIETLY))
    for lead in LEADS:
        history.deal(lead)
    for client in CLIENTS:
        history.small_talk(client)
    history.out.write()


def month_of(ago):
    """First and last day of the month so many months ago."""
    month = f"DateTime.today() + relativedelta(months=-{ago}"
    return Raw(f"({month}, day=1)).date()"), Raw(f"({month}, day=31)).date()")


def write_costs():
    out = File("crm_source_cost_demo.xml", "{}")
    for source, amounts in MONTHLY_COSTS.items():
        for ago, amount in enumerate(reversed(amounts)):
            first, last = month_of(ago)
            out.record(
                f"source_cost_{source}_{ago}",
                "crm.source.cost",
                source_id=Ref(SOURCES[source][0]),
                medium_id=ref_or_none(SOURCES[source][1]),
                date_from=first,
                date_to=last,
                amount=amount,
            )
    first, last = month_of(1)
    for key, name, amount in (
        ("rent", "Banner on the ring road, rent", 1200),
        ("print", "Banner on the ring road, printing", 300),
    ):
        out.record(
            f"source_cost_banner_{key}",
            "crm.source.cost",
            name=name,
            source_id=Ref("utm_source_banner"),
            medium_id=Ref("utm.utm_medium_banner"),
            date_from=first,
            date_to=last,
            amount=amount,
        )
    day = "DateTime.today() + relativedelta(weeks=-36, weekday=3)"
    out.record(
        "source_cost_fair", "crm.source.cost", name="Home & Living Fair, booth and travel",
        source_id=Ref("utm_source_fair"), medium_id=Ref("utm.utm_medium_direct"),
        date_from=Raw(f"({day}).date()"),
        date_to=Raw(f"({day} + relativedelta(days=2)).date()"), amount=2800,
    )  # fmt: skip
    out.write()


def main():
    telephone = Telephone()
    name_leads()
    write_partners(telephone)
    write_leads(telephone)
    write_statuses()
    write_history()
    write_costs()


if __name__ == "__main__":
    main()
