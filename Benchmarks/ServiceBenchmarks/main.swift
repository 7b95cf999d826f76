// Times `POST /api/query` of a service that runs: what HTTP, token, JSON and threads add to the
// engine's own time. `Benchmarks/overhead` builds it and starts the service.
//
// Arguments: the port on 127.0.0.1, a token of a role that sees all organisations, and how often each
// query is asked.

import Glibc

let queries = [
  ("trivial", "SELECT 1 AS x"),
  ("cached", "SELECT count(*) AS n, count(DISTINCT user_id) AS users FROM sample"),
  (
    "cached, 90 rows",
    "SELECT date_trunc('day', ts) AS day, count(*) AS n FROM sample GROUP BY 1 ORDER BY 1"
  ),
]

let arguments = CommandLine.arguments
guard arguments.count == 4, let port = UInt16(arguments[1]), let runs = Int(arguments[3]), runs > 0
else {
  print("usage: service-benchmarks PORT TOKEN RUNS")
  exit(EX_USAGE)
}

let connection = try KeptConnection(port: port, token: arguments[2])
print("| query | round trip µs | engine µs | overhead µs | overhead p95 µs |")
print("| --- | ---: | ---: | ---: | ---: |")
for (name, sql) in queries {
  for _ in 0..<max(runs / 10, 20) { _ = try connection.ask(sql) }
  var samples: [KeptConnection.Sample] = []
  for _ in 0..<runs { samples.append(try connection.ask(sql)) }
  func microseconds(_ share: Double, _ value: (KeptConnection.Sample) -> Double) -> Int {
    let sorted = samples.map(value).sorted()
    let milliseconds = sorted[min(Int(Double(sorted.count) * share), sorted.count - 1)]
    return Int((milliseconds * 1_000).rounded())
  }
  let figures = [
    microseconds(0.5) { $0.roundTrip }, microseconds(0.5) { $0.engine },
    microseconds(0.5) { $0.roundTrip - $0.engine }, microseconds(0.95) { $0.roundTrip - $0.engine },
  ]
  print("| \(name) | " + figures.map { String($0) }.joined(separator: " | ") + " |")
}
