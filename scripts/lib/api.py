"""A small client of Caly's HTTP API for the scripts."""
import json
import urllib.error
import urllib.request
import uuid


class ApiError(Exception):
    def __init__(self, status, body):
        error = (body or {}).get("error") or {}
        fields = "".join(f"\n  {each['field']}: {each['message']}" for each in error.get("field_errors") or [])
        super().__init__(f"{status} {error.get('code', '')}: {error.get('message', '')}{fields}")
        self.status = status
        self.code = error.get("code")


class Api:
    def __init__(self, base):
        self.base = base
        self.token = None
        self.refresh_token = None

    def use(self, session):
        """Speaks for who signed in, and renews the session when its token has run out."""
        self.token, self.refresh_token = session["token"], session["refresh_token"]

    def call(self, method, path, body=None, **options):
        try:
            return self.send(method, path, body, **options)
        except ApiError as failure:
            if failure.status != 401 or not self.refresh_token:
                raise
        spent, self.refresh_token = self.refresh_token, None
        self.use(self.send("POST", "/api/auth/refresh", {"refresh_token": spent})["data"])
        return self.send(method, path, body, **options)

    def send(self, method, path, body=None, headers=None, timeout=15):
        headers = dict(headers or {})
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = None
        if isinstance(body, bytes):
            data = body
        elif body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        if method == "POST" and "Idempotency-Key" not in headers:
            headers["Idempotency-Key"] = str(uuid.uuid4())
        request = urllib.request.Request(self.base + path, data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                text = answer.read()
        except urllib.error.HTTPError as failure:
            text = failure.read()
            try:
                body = json.loads(text)
            except ValueError:
                body = None
            raise ApiError(failure.code, body) from None
        return json.loads(text)

    def get(self, path, **options):
        return self.call("GET", path, **options)["data"]

    def post(self, path, body=None, **options):
        return self.call("POST", path, body if body is not None else {}, **options)["data"]

    def patch(self, path, body, **options):
        return self.call("PATCH", path, body, **options)["data"]

    def upload(self, path, file, fields):
        boundary = uuid.uuid4().hex
        parts = []
        for name, value in fields.items():
            parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
        parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\n'
                     "Content-Type: text/csv\r\n\r\n".encode() + file.read_bytes() + b"\r\n")
        parts.append(f"--{boundary}--\r\n".encode())
        return self.call("POST", path, b"".join(parts), timeout=120,
                         headers={"Content-Type": f"multipart/form-data; boundary={boundary}"})["data"]
