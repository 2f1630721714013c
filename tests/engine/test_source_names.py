import pytest
from engine.source_names import Source, get_key, propose


@pytest.mark.parametrize(
    "name",
    [
        "Facebook",
        "FB",
        "fb",
        "facebook.com",
        "www.facebook.com",
        "https://l.facebook.com/l.php?u=1",
        "m.facebook.com",
        "Facebook [2]",
        "facebook.com [3] [2]",
        " Face-Book ",
        "face book",
    ],
)
def test_all_are_facebook(name):
    assert get_key(name) == "facebook"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("google.co.uk", "google"),
        ("GA", "google"),
        ("ig", "instagram"),
        ("tw", "twitter"),
        ("YT", "youtube"),
        ("youtu.be", "youtube"),
        ("Café de Oak", "cafedeoak"),
        ("Fair 2026", "fair2026"),
        ("St. Martin", "stmartin"),
        ("Радио", "радио"),
        ("[2]", ""),
        ("...", ""),
    ],
)
def test_key(name, key):
    assert get_key(name) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Fair 2025", "Fair 2026"),
        ("Facebook Ads", "Facebook"),
        ("Banner", "Banners"),
        ("May", "May Newsletter"),
    ],
)
def test_not_the_same(one, other):
    assert get_key(one) != get_key(other)


def test_heaviest_stays_and_the_lonely_are_left_alone():
    facebook, fb, site, radio, nothing = (
        Source(1, "FB", (0, 3)),
        Source(2, "Facebook", (1, 0)),
        Source(3, "facebook.com", (0, 9)),
        Source(4, "Radio", (0, 1)),
        Source(5, "!", (0, 1)),
    )
    assert propose([facebook, fb, site, radio, nothing]) == [("facebook", [fb, site, facebook])]


def test_pair_that_is_distinct_is_never_in_one_set():
    one, two, three = (Source(i, name) for i, name in ((1, "FB"), (2, "Facebook"), (3, "fb [2]")))
    pair = {frozenset((1, 2))}
    assert propose([one, two], pair) == []
    assert propose([one, two, three], pair) == [("facebook", [one, three])]
