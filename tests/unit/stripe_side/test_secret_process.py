"""Reading the key with the real AWS client leaves no trace of it in any log."""

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

KEY = "sk_test_logged_nowhere"
READ = """
import logging, sys
logging.basicConfig(level=logging.DEBUG)
from stripe_subscription_handler.stripe_side.secret import StripeKey
key = StripeKey.from_environment({"STRIPE_SECRET_ARN": "arn:aws:secretsmanager:eu-central-1:1:secret:s"})
print(key.get())
"""


class SecretsManager(BaseHTTPRequestHandler):
    """Answers every request with the secret."""

    def do_POST(self) -> None:
        """Answer as GetSecretValue does."""
        body = json.dumps({"SecretString": KEY}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the base class
        """Print nothing."""


def test_the_key_is_in_no_log() -> None:
    """With every logger at DEBUG, where botocore otherwise writes whole responses."""
    with HTTPServer(("127.0.0.1", 0), SecretsManager) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        result = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-c", READ],
            env={
                "PYTHONPATH": os.pathsep.join(sys.path),
                "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}",
                "AWS_ACCESS_KEY_ID": "local",
                "AWS_SECRET_ACCESS_KEY": "local",
                "AWS_DEFAULT_REGION": "eu-central-1",
            },
            capture_output=True,
            text=True,
            check=True,
        )
        server.shutdown()
    assert result.stdout.strip() == KEY
    assert "DEBUG" in result.stderr
    assert KEY not in result.stderr
