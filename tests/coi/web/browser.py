"""A browser without a screen."""

import re
from dataclasses import dataclass

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from coi.demo.cast import PASSWORD


@dataclass(frozen=True)
class Browser:
    """One person's browser: it sends forms with the token that the page holds."""

    client: FlaskClient

    def get(self, path: str) -> TestResponse:
        """Open a page."""
        return self.client.get(path)

    def send(self, path: str, page: str = "/sign-in", **fields: str) -> TestResponse:
        """Send a form, with the token of the page on which it stands."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.get(page).text)
        assert token is not None, f"{page} has no form"
        return self.client.post(path, data={"csrf_token": token[1], **fields})

    def sign_in(self, username: str, password: str = PASSWORD, **more: str) -> TestResponse:
        """Sign in."""
        return self.send("/sign-in", username=username, password=password, **more)


def without_token(page: str) -> str:
    """The page without what is new each time: a token holds the second in which it was made."""
    return re.sub(r'name="csrf_token" value="[^"]+"', "", page)
