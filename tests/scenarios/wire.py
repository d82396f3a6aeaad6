"""Requests as hostile or clumsy clients send them: nothing is repaired on the way out."""
import base64
import hashlib
import hmac
import http.client
import json
import socket
import urllib.parse
import uuid


class Wire:
    """One node's HTTP port. Remembers every answer of 500 and above."""

    def __init__(self, url, token=None):
        self.url = url
        parts = urllib.parse.urlsplit(url)
        self.host, self.port = parts.hostname, parts.port
        self.token = token
        self.failures = []

    def send(self, method, path, body=None, headers=None, token=None):
        """Answers status and parsed body (None when it is no JSON); 0 when the node hung up."""
        headers = dict(headers or {})
        token = self.token if token is None else token
        if token:
            headers.setdefault("Authorization", f"Bearer {token}")
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
        if isinstance(body, str):
            body = body.encode()
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection(self.host, self.port, timeout=20)
        try:
            try:
                connection.request(method, path, body=body, headers=headers)
            except ConnectionError:
                pass  # a refusal may arrive before all of the body has left
            answer = connection.getresponse()
            status, text = answer.status, answer.read()
        except (http.client.HTTPException, ConnectionError):
            return 0, None
        finally:
            connection.close()
        if status >= 500:
            self.failures.append(f"{method} {path[:80]} -> {status} {text[:200]!r}")
        try:
            return status, json.loads(text)
        except ValueError:
            return status, None

    def upload(self, data, fields=None, name="people.csv", token=None):
        body, kind = multipart(data, fields or {"default_country": "IN"}, name)
        return self.send("POST", "/api/imports", body, {"Content-Type": kind}, token)

    def raw(self, data, wait_s=3.0):
        """Sends bytes as they are; answers what comes back until the node closes or `wait_s`."""
        return raw(self.host, self.port, data, wait_s)

    def callback(self, path, fields, auth_token, signature=None, sign_as=None, headers=None):
        """A form as Twilio posts it, signed unless a signature is given ('' sends none)."""
        if signature is None:
            signature = twilio_signature(auth_token, self.url + (sign_as or path), fields)
        headers = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
        if signature:
            headers["X-Twilio-Signature"] = signature
        return self.send("POST", path, urllib.parse.urlencode(fields), headers, token="")[0]


def raw(host, port, data, wait_s=3.0):
    answer = b""
    try:
        with socket.create_connection((host, port), timeout=wait_s) as link:
            link.sendall(data)
            while piece := link.recv(65536):
                answer += piece
    except OSError:
        pass
    return answer


def multipart(data, fields, name="people.csv"):
    boundary = uuid.uuid4().hex
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
             for key, value in fields.items()]
    if data is not None:
        parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
                     "Content-Type: text/csv\r\n\r\n".encode() + data + b"\r\n")
    parts.append(f"--{boundary}--\r\n".encode())
    return b"".join(parts), f"multipart/form-data; boundary={boundary}"


def twilio_signature(auth_token, url, fields):
    text = url + "".join(name + fields[name] for name in sorted(fields))
    return base64.b64encode(hmac.new(auth_token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def token_parts(token):
    """Header, claims and signature of a JWT."""
    header, claims, signature = token.split(".")
    return json.loads(from_base64url(header)), json.loads(from_base64url(claims)), signature


def signed_token(secret, header, claims):
    """As the node signs an access token: the key is derived from the secret."""
    key = hmac.new(secret.encode(), b"caly at+jwt", hashlib.sha256).digest()
    text = header + "." + base64url(json.dumps(claims).encode())
    return text + "." + base64url(hmac.new(key, text.encode(), hashlib.sha256).digest())
