"""CSV files of contacts for measurements."""
import random

FIRST = ["Asha", "Ravi", "Meera", "Arjun", "Sunita", "John", "Priya", "Vikram"]
LAST = ["Rao", "Sharma", "Gupta", "Iyer", "Khan", "Smith", "Patel", "Das"]
CITY = ["Mumbai", "Delhi", "Pune", "Chennai", "New York", "Austin"]


def mixed(file, rows):
    """60 % E.164 Indian mobiles, 30 % national ones, 8 % formatted US numbers, 2 % invalid,
    1 % doubles."""
    order = random.Random(123456789)
    last = "+919800000000"
    with open(file, "w") as out:
        out.write("name,phone,email,city,order_id,note\n")
        for i in range(rows):
            kind = order.randrange(100)
            mobile = str(9_000_000_000 + i * 7919 % 999_999_937)[:10]
            if kind < 60:
                phone = "+91" + mobile
            elif kind < 90:
                phone = mobile[:5] + " " + mobile[5:]
            elif kind < 98:
                phone = (f"+1 ({order.choice(['202', '415', '512', '646'])}) {200 + order.randrange(700)}-"
                         f"{order.randrange(10_000):04}")
            else:
                phone = order.choice(["12345", "n/a", "+99900", ""])
            if order.randrange(100) == 0:
                phone = last
            last = phone
            first, family = order.choice(FIRST), order.choice(LAST)
            out.write(f'"{family}, {first}",{phone},{first.lower()}.{family.lower()}{i}@example.com,'
                      f'{order.choice(CITY)},ORD-{100_000 + i},"Follow up on ""order {i}"" this week"\n')


def callable_people(file, rows, begin):
    """Indian mobiles that the sandbox always picks up, none twice over all files."""
    with open(file, "w") as out:
        out.write("name,phone,order_id\n")
        number = begin
        for i in range(rows):
            while 0 < number % 10_000 < 100:  # the sandbox's special callees
                number += 1
            out.write(f"Person {i},+91{9_000_000_000 + number},ORD-{i}\n")
            number += 1
    return number
