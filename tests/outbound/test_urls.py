import base64

import pytest

from boards.errors import InvalidInput, TooLarge
from boards.outbound.urls import read_data_url, read_url, shown


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        "ftp://example.com/a",
        "gopher://127.0.0.1:6379/_INFO",
        "dict://127.0.0.1:11211/stat",
        "ws://example.com/",
        "unix:///var/run/docker.sock",
        "jar:http://example.com!/",
        "data:text/plain,hello",
        "javascript:alert(1)",
        "//example.com/a",
        "/etc/passwd",
        "example.com",
        "",
    ],
)
def test_only_http_and_https_are_opened(url: str) -> None:
    with pytest.raises(InvalidInput, match=r"only http and https|cannot be read|no host"):
        read_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://user:secret@example.com/",
        "https://user@example.com/",
        "https://example.com:80@127.0.0.1/",
    ],
)
def test_a_url_with_user_information_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_url(url)
    assert "secret" not in str(refusal.value)
    assert "user:" not in str(refusal.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://",
        "http:///path",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://127.1/",
        "http://0177.0.0.1/",
        "http://127.0.0.1./",
        "http://[::1%25lo]/",
        "http://[::1",
        "http://exa mple.com/",
        "http://example.com\\@127.0.0.1/",
        "http://example.com%2f@127.0.0.1/",
        "http://%31%32%37.0.0.1/",
        "http://①②⑦.0.0.1/",
        "http://example.com/\r\nHost: evil",
        "http://example.com:0/",
        "http://example.com:65536/",
        "http://example.com:-1/",
        "http://example.com:8o/",
        "http://" + "a" * 70_000,
    ],
)
def test_a_url_with_an_odd_host_or_port_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput):
        read_url(url)


@pytest.mark.parametrize(
    "url",
    ["http://example.com", "HTTPS://Example.com:8443/a?b=c#d", "http://[2606:4700::1111]:81/",
     "https://bücher.example/"],
)  # fmt: skip
def test_ordinary_urls_and_odd_ports_are_read(url: str) -> None:
    assert read_url(url).scheme in {"http", "https"}


def test_a_full_width_dot_cannot_hide_an_address() -> None:
    assert read_url("http://8。8。8。8/").host == "8.8.8.8"


def test_a_message_names_a_url_without_its_secrets() -> None:
    assert shown("https://me:pw@h.example:8/p/q?sig=secret#frag") == "https://h.example:8/p/q"
    assert shown("data:image/png;base64,AAAA") == "data:…"
    assert shown("http://1.2.3.999/?token=secret") == "http:…"
    assert len(shown("https://h.example/" + "a" * 500)) == 120


class TestDataUrls:
    def test_base64_is_decoded_with_its_mime_type(self) -> None:
        url = "data:Image/PNG;base64," + base64.b64encode(b"\x89PNG").decode()
        assert read_data_url(url, 100) == ("image/png", b"\x89PNG")

    def test_percent_encoded_text_defaults_to_plain_text(self) -> None:
        assert read_data_url("data:,a%20b", 100) == ("text/plain", b"a b")

    def test_parameters_do_not_belong_to_the_mime_type(self) -> None:
        assert read_data_url("data:text/html;charset=utf-8,x", 9) == ("text/html", b"x")

    @pytest.mark.parametrize("url", ["data:image/png;base64", "http://x/", "data:;base64,A", "",
                                     "data:;base64,####"])  # fmt: skip
    def test_a_malformed_one_is_refused(self, url: str) -> None:
        with pytest.raises(InvalidInput):
            read_data_url(url, 100)

    @pytest.mark.parametrize("payload", ["data:;base64," + "A" * 4000, "data:," + "a" * 4000,
                                         "data:," + "%41" * 4000])  # fmt: skip
    def test_one_above_the_limit_is_refused(self, payload: str) -> None:
        with pytest.raises(TooLarge, match="1,000 bytes"):
            read_data_url(payload, 1000)

    def test_one_of_exactly_the_limit_is_read(self) -> None:
        url = "data:;base64," + base64.b64encode(b"x" * 1000).decode()
        assert len(read_data_url(url, 1000)[1]) == 1000
