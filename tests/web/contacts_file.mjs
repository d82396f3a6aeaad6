// A file as people send it. The numbers are new in each run, so that neither the gap between calls
// to one person nor an earlier import stands in the way; their last digits are none of the
// sandbox's special callees, so that everyone picks up and talks.

const middle = String(Math.floor(Date.now() / 1000) % 10_000).padStart(4, '0')
const number = (last) => `98${middle}${last}`

const good = [
  [`+91 ${number(5101).slice(0, 5)} ${number(5101).slice(5)}`, 'Asha Verma', 'A-101'],
  [number(5102), 'Ravi Kumar', 'A-102'],
  [`0${number(5103)}`, '', 'A-103'],
  [`0091${number(5104)}`, 'सुनीता शर्मा', 'A-104'],
]
const bad = [
  ['12345', 'Too Short', 'A-105'],
  ['', 'No Number', 'A-106'],
  ['not a number', 'Words', 'A-107'],
]
const twice = [[number(5102), 'Ravi Again', 'A-108']]

export const expected = {
  rows: good.length + bad.length + twice.length,
  imported: good.length,
  invalid: bad.length,
  duplicate_in_file: twice.length,
}

export const file = {
  name: `web-test-${middle}.csv`,
  mimeType: 'text/csv',
  buffer: Buffer.from(
    [['Mobile No', 'Customer', 'Order ID'], ...good, ...bad, ...twice]
      .map((row) => row.join(','))
      .join('\r\n'),
  ),
}
