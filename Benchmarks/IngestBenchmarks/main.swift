// Sends batches of events to a service that runs, on several connections, each of which waits for the
// answer - which comes when the batch is on disk - before it sends the next. `Benchmarks/ingest` builds it
// and starts the service.
//
// Arguments: the port on 127.0.0.1, an emitter key, seconds, connections, events per batch; then, where
// queries are to be asked at the same time, a token and how many readers ask one each 100 ms. With `clickhouse`
// as the key, the port is that of a ClickHouse's HTTP interface.

import Foundation
import Glibc
import Synchronization

let arguments = CommandLine.arguments
let numbers = arguments.dropFirst(3).prefix(3).compactMap { Double($0) }
guard [6, 8].contains(arguments.count), let port = UInt16(arguments[1]), numbers.count == 3,
  numbers.allSatisfy({ $0 > 0 })
else {
  print("usage: ingest-benchmarks PORT KEY SECONDS CONNECTIONS EVENTS [TOKEN READERS]")
  exit(EX_USAGE)
}
let isClickHouse = arguments[2] == "clickhouse"
let target: Batch.Target = isClickHouse ? .clickHouse : .daybook(key: arguments[2])
let (seconds, connections, events) = (numbers[0], Int(numbers[1]), Int(numbers[2]))
let token = arguments.count == 8 ? arguments[6] : ""
let readers = arguments.count == 8 ? Int(arguments[7]) ?? 0 : 0

/// What all threads found, in milliseconds.
final class Findings: Sendable {
  let batches = Mutex<[Double]>([])
  let queries = Mutex<[Double]>([])
}

let findings = Findings()
let done = DispatchGroup()
let milliseconds = Int64(Date().timeIntervalSince1970 * 1000)
let start = ContinuousClock.now
let warmEnd = start + .seconds(seconds / 5)
let end = warmEnd + .seconds(seconds)

func onThread(_ body: @escaping @Sendable () throws -> Void) {
  done.enter()
  let thread = Thread {
    do { try body() } catch {
      print("\(error)")
      exit(EX_SOFTWARE)
    }
    done.leave()
  }
  thread.stackSize = 1 << 20
  thread.start()
}

for number in 0..<connections {
  onThread {
    let connection = try Connection(port: port)
    // Of no earlier run.
    let number = Int(milliseconds / 1000 % (1 << 24)) << 8 | number
    var batch = Batch(events: events, to: target, number: number, milliseconds: milliseconds)
    var times: [Double] = []
    var count = 0
    while ContinuousClock.now < end {
      batch.renew(number: number, batch: count)
      count += 1
      let start = ContinuousClock.now
      try connection.exchange(
        batch.bytes, expecting: isClickHouse ? "" : "\"duplicates\":[],\"failed\":[]")
      let now = ContinuousClock.now
      if start >= warmEnd, now <= end { times.append((now - start) / .milliseconds(1)) }
    }
    findings.batches.withLock { $0 += times }
  }
}
for number in 0..<readers {
  onThread {
    let connection = try Connection(port: port)
    let sql =
      "SELECT model, count(*) AS n, sum(total_tokens) AS tokens, avg(duration_ms) AS ms "
      + "FROM events GROUP BY model ORDER BY n DESC"
    let body = "{\"sql\":\"\(sql)\"}"
    let request = Array(
      ("POST /api/query?organizations=all HTTP/1.1\r\nHost: localhost\r\n"
        + "Authorization: Bearer \(token)\r\nContent-Type: application/json\r\n"
        + "Content-Length: \(body.utf8.count)\r\n\r\n" + body).utf8)
    var times: [Double] = []
    var next = ContinuousClock.now + .milliseconds(number * 100 / readers)
    while next < end {
      Thread.sleep(forTimeInterval: max(0, (next - ContinuousClock.now) / .seconds(1)))
      let start = ContinuousClock.now
      try connection.exchange(request, expecting: "\"receipt\"")
      times.append((ContinuousClock.now - start) / .milliseconds(1))
      next = max(next + .milliseconds(100), ContinuousClock.now)
    }
    findings.queries.withLock { $0 += times }
  }
}
done.wait()

func line(_ name: String, _ times: [Double], _ rate: String) {
  let sorted = times.sorted()
  guard let slowest = sorted.last else { return }
  func at(_ share: Double) -> String {
    String(format: "%.1f", sorted[min(Int(Double(sorted.count) * share), sorted.count - 1)])
  }
  print(
    "| \(name) | \(rate) | \(at(0.5)) | \(at(0.95)) | \(at(0.99)) | \(String(format: "%.1f", slowest)) |"
  )
}

let batches = findings.batches.withLock { $0 }
let queries = findings.queries.withLock { $0 }
line(
  "\(connections) connections, batches of \(events)", batches,
  "\(Int(Double(batches.count * events) / seconds)) events/s")
line("\(readers) readers", queries, "\(Int(Double(queries.count) / (seconds * 1.2))) queries/s")
