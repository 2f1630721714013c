from engine.addresses import is_role_mailbox, kind_of, same_name
from engine.matching import SHARED_BY_MAX, Contact, Inquiry, judge

OAK, MAPLE, LUCY = 1, 2, 3
BRANDON = Contact(11, OAK, "Brandon", "Oak Interiors")
NINA = Contact(12, OAK, "Nina", "Oak Interiors")
OFFICE = Contact(OAK, OAK, "Oak Interiors", "Oak Interiors", is_person=False)
PAUL = Contact(21, MAPLE, "Paul", "Maple Homes")
ADDRESS, NUMBER, DOMAIN = "brandon@oak.test", "+32456112233", "oak.test"
FULL = Inquiry(email=ADDRESS, phone=NUMBER, domain=DOMAIN, company_ids=frozenset({1}))


def known(email=(), phone=(), domain=()):
    return {("email", ADDRESS): email, ("phone", NUMBER): phone, ("domain", DOMAIN): domain}


def linked(verdict):
    return verdict.certain and (verdict.certain.partner_id, verdict.certain.evidence)


def proposed(verdict):
    return [(match.family_id, match.evidence) for match in verdict.proposals]


def test_nobody_is_known():
    verdict = judge(FULL, known())
    assert verdict.certain is None
    assert not verdict.proposals


def test_address_of_one():
    assert linked(judge(FULL, known(email=[BRANDON], domain=[OFFICE]))) == (11, "email")


def test_address_of_two_of_a_family_is_who_has_the_number_too():
    verdict = judge(FULL, known(email=[BRANDON, NINA], phone=[NINA]))
    assert linked(verdict) == (12, "email_phone")


def test_address_settles_whose_shared_number_it_is():
    verdict = judge(FULL, known(email=[BRANDON], phone=[BRANDON, PAUL]))
    assert linked(verdict) == (11, "email_phone")


def test_address_of_one_and_number_of_another_contradict():
    verdict = judge(FULL, known(email=[BRANDON], phone=[PAUL]))
    assert verdict.certain is None
    assert proposed(verdict) == [(OAK, "email"), (MAPLE, "phone")]


def test_number_of_one_and_domain_of_another_contradict():
    verdict = judge(FULL, known(phone=[PAUL], domain=[OFFICE]))
    assert verdict.certain is None
    assert proposed(verdict) == [(MAPLE, "phone"), (OAK, "domain")]


def test_address_counts_more_than_its_domain():
    verdict = judge(FULL, known(email=[BRANDON], domain=[OFFICE, PAUL]))
    assert linked(verdict) == (11, "email")


def test_shared_number_is_settled_by_the_domain():
    verdict = judge(FULL, known(phone=[BRANDON, PAUL], domain=[OFFICE]))
    assert linked(verdict) == (11, "phone")


def test_shared_number_without_more_is_proposed():
    verdict = judge(FULL, known(phone=[BRANDON, PAUL]))
    assert proposed(verdict) == [(OAK, "phone"), (MAPLE, "phone")]


def test_number_on_two_of_a_family_is_the_company():
    assert linked(judge(FULL, known(phone=[BRANDON, NINA]))) == (OAK, "phone")


def test_domain_alone_is_never_certain():
    assert proposed(judge(FULL, known(domain=[OFFICE]))) == [(OAK, "domain")]


def test_what_many_share_tells_nothing():
    many = [Contact(100 + n, 100 + n) for n in range(SHARED_BY_MAX + 1)]
    for kind in ("email", "phone", "domain"):
        verdict = judge(FULL, known(**{kind: many}))
        assert verdict.certain is None
        assert not verdict.proposals
        assert judge(FULL, known(**{kind: many[1:]})).proposals


def test_contacts_of_another_company_of_ours_do_not_count():
    other = Contact(11, OAK, company_id=2)
    verdict = judge(FULL, known(email=[other], phone=[other], domain=[other]))
    assert verdict.certain is None
    assert not verdict.proposals
    same = Contact(11, OAK, company_id=1)
    assert linked(judge(FULL, known(email=[same]))) == (11, "email")


def test_client_who_was_rejected_is_not_proposed_again():
    inquiry = Inquiry(email=ADDRESS, not_family_ids=frozenset({OAK}))
    assert linked(judge(inquiry, known(email=[BRANDON, PAUL]))) == (21, "email")
    assert not judge(inquiry, known(email=[BRANDON])).proposals


def test_company_chosen_by_hand_limits_who_it_is():
    inquiry = Inquiry(email=ADDRESS, family_id=MAPLE)
    assert linked(judge(inquiry, known(email=[BRANDON, PAUL]))) == (21, "email")


def test_archived_is_proposed_and_only_where_nobody_present_is_found():
    gone = Contact(11, OAK, is_active=False)
    assert proposed(judge(FULL, known(email=[gone], phone=[gone]))) == [(OAK, "archived")]
    assert linked(judge(FULL, known(email=[gone, PAUL]))) == (21, "email")
    assert proposed(judge(FULL, known(email=[gone], domain=[PAUL]))) == [
        (OAK, "archived"),
        (MAPLE, "domain"),
    ]


def test_role_mailboxes():
    for address in ("info@oak.test", "Sales@oak.test", "sales-be@x.y", "no-reply@x.y", "hr1@x.y"):
        assert is_role_mailbox(address), address
    for address in ("brandon@oak.test", "infokom@oak.test", "salesman@oak.test", "jobs.steve@x.y"):
        assert not is_role_mailbox(address), address
    assert is_role_mailbox("werkstatt@oak.test", more={"werkstatt"})


def test_names():
    assert same_name("OAK  Interiors, Ltd.", "Oak Interiors Ltd")
    assert not same_name("", "")
    assert not same_name("Oak", "Maple")


def test_kinds():
    assert kind_of("front@agency.com") == "email"
    assert kind_of("agency.com") == kind_of("@agency.com") == "domain"
    assert kind_of("+32 (2) 345.67/89") == "phone"
    assert kind_of("frontdesk") == kind_of("frontdesk@") == "mailbox"
