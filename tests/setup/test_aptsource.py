"""The Debian archive is found in every form that apt's configuration takes."""

import pytest

from workbench.aptsource import debian_archives, read_deb822, read_lines

DEB822 = """\
Types: deb deb-src
# a comment between the fields
URIs: mirror://one/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /keys/debian.gpg

Types: deb
URIs: mirror://one/debian-security
Suites: bookworm-security
Components: main
Signed-By: /keys/debian.gpg
"""
ONE_LINE = """\
# deb cdrom:[Debian 12]/ bookworm main
deb mirror://one/debian bookworm main non-free-firmware  # main archive
deb-src mirror://one/debian bookworm main
deb mirror://one/debian-security bookworm-security main
deb [arch=amd64 signed-by=/keys/debian.gpg] mirror://one/debian bookworm-updates main
"""


@pytest.fixture
def etc_apt(tmp_path):
    (tmp_path / "sources.list.d").mkdir()
    return tmp_path


def test_deb822_keeps_address_and_key(etc_apt):
    (etc_apt / "sources.list.d/debian.sources").write_text(DEB822)
    (archive,) = debian_archives(etc_apt)
    assert archive.stanza("sid") == (
        "Types: deb\nURIs: mirror://one/debian\nSuites: sid\nComponents: main\n"
        "Signed-By: /keys/debian.gpg\n"
    )


def test_one_line_format_keeps_address_and_options(etc_apt):
    (etc_apt / "sources.list").write_text(ONE_LINE)
    first, second = debian_archives(etc_apt)
    assert {first.uris, second.uris} == {("mirror://one/debian",)}
    assert second.stanza("sid", "bookworm").splitlines()[1:] == [
        "URIs: mirror://one/debian",
        "Suites: sid bookworm",
        "Components: main",
        "Signed-By: /keys/debian.gpg",
    ]


def test_one_line_options_that_bind_to_an_architecture_are_dropped():
    (source,) = read_lines("deb [ arch=amd64 trusted=yes ] mirror://one/debian bookworm main")
    assert source.options == (("Trusted", "yes"),)


def test_vendor_with_the_same_suite_comes_after_debian(etc_apt):
    (etc_apt / "sources.list.d/a-vendor.list").write_text("deb mirror://vendor/apt bookworm main\n")
    (etc_apt / "sources.list.d/debian.sources").write_text(DEB822)
    assert [archive.uris[0] for archive in debian_archives(etc_apt)] == [
        "mirror://one/debian",
        "mirror://vendor/apt",
    ]


def test_repeated_archive_is_tried_once(etc_apt):
    (etc_apt / "sources.list").write_text("deb mirror://one/debian bookworm main\n" * 2)
    assert len(debian_archives(etc_apt)) == 1


@pytest.mark.parametrize(
    "line",
    [
        "deb cdrom:[Debian 12]/ bookworm main",
        "deb mirror://vendor/apt bookworm stable",
        "deb mirror://vendor/apt ./",
        "deb mirror://one/debian-security bookworm-security main",
        "deb-src mirror://one/debian bookworm main",
        "# deb mirror://one/debian bookworm main",
        "nonsense",
    ],
)
def test_what_is_not_debian_itself_is_left_out(etc_apt, line):
    (etc_apt / "sources.list").write_text(line + "\n")
    assert debian_archives(etc_apt) == []


def test_disabled_stanza_is_left_out():
    assert read_deb822(DEB822.replace("Types: deb deb-src", "Enabled: no\nTypes: deb"))[
        0
    ].suites == ("bookworm-security",)


def test_key_written_inside_the_stanza_is_kept_as_it_is():
    key = "Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc=\n"
    (source,) = read_deb822(
        "Types: deb\nURIs: mirror://one/debian\nSuites: bookworm\nComponents: main\n" + key
    )
    assert " -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc=\n" in source.stanza("sid")


def test_addresses_in_several_lines():
    text = "Types: deb\nURIs:\n mirror://one/debian\n mirror://two/debian\nSuites: bookworm\n"
    (source,) = read_deb822(text + "Components: main\n")
    assert source.uris == ("mirror://one/debian", "mirror://two/debian")


def test_no_configuration_at_all(tmp_path):
    assert debian_archives(tmp_path / "nowhere") == []
