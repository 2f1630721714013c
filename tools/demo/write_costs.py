"""What the sources cost."""

from .deals import SOURCES
from .xml_file import File, Raw, Ref, ref_or_none

# What the sources cost a month, the current one last; the banner and the fair once.
MONTHLY_COSTS = {
    "google": [190, 190, 210, 210, 220, 240, 240, 220, 210, 220, 230, 230],
    "facebook": [90, 90, 110, 110, 110, 125, 100, 100, 100, 90, 90, 90],
    "newsletter": [60] * 12,
    "print": [320, 320, 320, 320, 320, 320, 340, 340, 340, 340, 340, 340],
    "chat": [39] * 12,
}
# Of these it is known that they go on: the current month continues itself.
UNTIL_FURTHER_NOTICE = {"newsletter", "chat"}


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
                **{"recurring": True} if source in UNTIL_FURTHER_NOTICE and not ago else {},
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
            # Rent and printing are two expenses of the same days.
            duplicates_checked=True,
        )
    day = "DateTime.today() + relativedelta(weeks=-36, weekday=3)"
    out.record(
        "source_cost_fair", "crm.source.cost", name="Home & Living Fair, booth and travel",
        source_id=Ref("utm_source_fair"), medium_id=Ref("utm.utm_medium_direct"),
        date_from=Raw(f"({day}).date()"),
        date_to=Raw(f"({day} + relativedelta(days=2)).date()"), amount=2800,
    )  # fmt: skip
    out.write()
