"""Leads and deals: who asked for what, whence, and how it ended."""

from dataclasses import dataclass

from .addresses import slug
from .clients import BY_KEY
from .days import Month, Week

SOURCES = {
    "google": ("utm_source_google", "utm.utm_medium_google_adwords"),
    "facebook": ("utm.utm_source_facebook", "utm.utm_medium_facebook"),
    # The same by another spelling, as a link with ?utm_source=fb makes it.
    "fb": ("utm_source_fb", "utm.utm_medium_facebook"),
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
    client = who if who in BY_KEY else ""
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
    deal("saltmarsh", "Tap room tables", 3800, "fb", 5, PROPOSAL),
    deal("willowbank", "10 reading tables", 7200, "newsletter", 9, PROPOSAL),
    deal("juniper", "Benches and shelves", 2100, "facebook", 4, QUALIFIED),
    deal("martha", "Bedroom in ash", 3400, "chat", 3, PROPOSAL),
    deal("redwater", "25 desk lamps", 2700, "print", 7, PROPOSAL),
    deal("ashgrove", "Shop counter", 3000, "print", 6, NEW),
    deal("cobalt", "Work tables", 1700, "", 4, NEW),
    deal("thistle", "Display tables", 1900, "fb", 2, NEW),
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


def owner(lead):
    """Who of us has the lead."""
    return lead.user or BY_KEY[lead.client].user


def contact_of(lead):
    """Whom of the client it is about."""
    if not lead.client:
        return None
    contacts = BY_KEY[lead.client].contacts
    return contacts[len(lead.name) % len(contacts)]


def name_leads():
    """External ids: by client and number, a stranger's by name."""
    numbers = {}
    for lead in LEADS:
        key = lead.key
        numbers[key] = numbers.get(key, 0) + 1
        lead.xmlid = f"lead_{key}_{numbers[key]}" if lead.client else f"lead_{key}"
