"""What is said: in the year between the deals, and along a deal."""

from .deals import CHEAPER, EXPENSIVE, LATE, LOST, SILENT, STOCK, WON

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
    "fb": [("messenger", "messenger"), ("email", "email")],
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
