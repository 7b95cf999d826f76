import AccessControl
import Authentication
import CZlib
import DiskTesting
import Glibc
import HTTPServer
import Intake
import Persistence
import Testing

struct IngestRefusalTests {
  @Test func `a body that is no batch is refused whole, with the byte where it shows`() async throws
  {
    try await TestService.run { service in
      let key = try await service.key([.event])
      let good = SampleEvents.event("x1")
      for (body, code) in [
        ("", "malformed_json"), ("[\(good)", "malformed_json"), ("[\(good),]", "malformed_json"),
        (#"[\#(good),{"client_event_id":"x2","event_type":"page_view" "#, "malformed_json"),
        ("7", "malformed_json"), ("\(good)\(good)", "malformed_json"),
        (#"{"events":[\#(good)],"extra":1}"#, "invalid_envelope"),
        (#"{"events":[\#(good)],"sequence":-1}"#, "invalid_envelope"),
        (
          "[\(good)," + String(repeating: "[", count: 20) + String(repeating: "]", count: 20) + "]",
          "malformed_json"
        ),
      ] {
        let answer = try await service.send(body, key)
        #expect(answer.status == 400, "\(body): \(answer.body)")
        #expect(answer.code == code, "\(body)")
        if code == "malformed_json" {
          let byte = try #require(answer["byte"]?.integer, "\(body): \(answer.body)")
          #expect((0...body.utf8.count).contains(Int(byte)))
        }
      }
      let bytes = Array("[{\"client_event_id\":\"".utf8) + [0xff, 0xfe] + Array("\"}]".utf8)
      let coded = try await service.send(bytes: bytes, key)
      #expect(coded.status == 400)
      #expect(coded.code == "malformed_json")
      #expect(try await service.count("SELECT count(*) FROM events") == 0)
      #expect(try await service.count("SELECT count(*) FROM dead_letters") == 0)
      #expect(try await service.count("SELECT count(*) FROM ingest_ledger") == 0)
    }
  }

  @Test func `what is too large or of a wrong type is refused before it is parsed`() async throws {
    let settings = [
      (name: "--ingest-largest-body-bytes", value: "4096"),
      (name: "--ingest-largest-record-count", value: "10"),
    ]
    try await TestService.run(settings: settings) { service in
      let key = try await service.key([.event])
      let large = try await service.send(SampleEvents.batch(100), key)
      #expect(large.status == 413)
      #expect(large.code == "body_too_large")
      let many = try await service.send(SampleEvents.batch(11), key)
      #expect(many.status == 413)
      #expect(many.code == "too_many_records")
      let text = try await service.ask(
        "POST", "/api/analytics/events", token: key, headers: ["Content-Type: text/plain"],
        body: "{}")
      #expect(text.status == 415)
      for encoding in ["br", "deflate", "gzip, gzip", "zstd"] {
        let answer = try await service.send("{}", key, headers: ["Content-Encoding: \(encoding)"])
        #expect(answer.status == 415, "\(encoding)")
        #expect(answer.code == "encoding_unsupported")
      }
      #expect(try await service.count("SELECT count(*) FROM ingest_ledger") == 0)
    }
  }

  @Test func `gzip is expanded within bounds`() async throws {
    try await TestService.run { service in
      let key = try await service.key([.event])
      let gzip = ["Content-Encoding: gzip"]
      let body = Gzip.compress(Array(SampleEvents.batch(500).utf8))
      let answer = try await service.send(bytes: body, key, headers: gzip)
      #expect(answer.status == 200, "\(answer.body)")
      #expect(try answer.names("accepted")?.count == 500)

      let bomb = Gzip.compress([UInt8](repeating: 32, count: 3 << 20))
      let ratio = try await service.send(bytes: bomb, key, headers: gzip)
      #expect(ratio.status == 413)
      #expect(ratio.code == "expands_too_much")
      // Not compressible that far, and still too large.
      let noise = (0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
      let large = try await service.send(
        bytes: Gzip.compress(noise + noise + noise + noise + noise), key, headers: gzip)
      #expect(large.status == 413)

      for (wrong, name) in [
        (Array(body.dropLast(20)), "cut"), (body + [1], "longer"), (Array("[]".utf8), "plain"),
        ([], "empty"), (Array(body.prefix(200) + [0, 0, 0, 0] + body.dropFirst(204)), "damaged"),
      ] {
        let refused = try await service.send(bytes: wrong, key, headers: gzip)
        #expect(refused.status == 400, "\(name)")
        #expect(refused.code == "invalid_gzip" || refused.code == "malformed_json", "\(name)")
      }
      #expect(try await service.count("SELECT count(*) FROM events") == 500)
      #expect(service.service.recordQueue.byteCount == 0)
    }
  }

  @Test func `keys are for their kinds and organisation, and tokens are no keys`() async throws {
    try await TestService.run { service in
      let key = try await service.key([.event])
      let event = SampleEvents.event("p1")
      #expect(try await service.send("threats", event, key).status == 403)
      #expect(try await service.send("events?organization_id=acme", event, key).status == 200)
      #expect(try await service.send("events?organization_id=bolt", event, key).status == 403)
      #expect(
        try await service.send("threats", event, try service.token(.platformAdmin)).status == 403)
      let wrong = "dbk_0123456789abcdef_" + String(repeating: "0", count: 64)
      let refused = try await service.send("events", event, wrong)
      #expect(refused.status == 401)
      #expect(refused.code == "key_refused")
      #expect(try await service.ask("POST", "/api/analytics/events", body: "{}").status == 401)
    }
  }

  @Test func `a disk that refuses is said, and nothing is acknowledged`() async throws {
    try await TestService.run { service in
      let key = try await service.key([.event])
      #expect(try await service.send(SampleEvents.batch(5), key).status == 200)
      service.disk.fail(SimulatedDisk.Fault(call: 1, lasts: true, kind: .error(EIO)))
      let answer = try await service.send(SampleEvents.batch(5, prefix: "b"), key)
      #expect(answer.status == 503, "\(answer.body)")
      #expect(answer.code == "not_stored")
      #expect(answer["retry-after"] != nil)
      #expect(!answer.body.contains("/data"))
      service.disk.fail(nil)
      let later = try await service.send(SampleEvents.batch(5, prefix: "c"), key)
      #expect(later.status == 503)
      #expect(try await service.count("SELECT count(*) FROM events") == 5)
      let totals = service.service.intake.ledgerTotals.values
      #expect(totals.allSatisfy { $0.isBalanced && $0.pending == 0 && $0.received == 5 })
    }
  }
}

enum Gzip {
  static func compress(_ bytes: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    deflateInit2_(
      &stream, 9, Z_DEFLATED, 31, 9, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    defer { deflateEnd(&stream) }
    var input = bytes
    var output = [UInt8](repeating: 0, count: bytes.count + 1_024)
    let count = input.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(output.count)
        deflate(&stream, Z_FINISH)
        return output.count - Int(stream.avail_out)
      }
    }
    return Array(output.prefix(count))
  }
}
