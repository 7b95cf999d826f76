import HTTPServer
import Testing

struct RequestCheckTests {
  @Test func `what is wrong with a parameter is named, with its rule`() async throws {
    try await TestService.run(endpoints: TestEndpoints.all) { service in
      let good = try await service.ask(
        "GET", "/test/parameters/a%2Fb?grain=day&types=x&types=y+z&all=true")
      #expect(
        good.body
          == #"{"id":"a/b","limit":50,"grain":"day","all":true,"types":["x","y z"]}"#)
      for (query, field, rule) in [
        ("", "grain", "missing"), ("?grain=week", "grain", "choice"),
        ("?grain=day&grain=hour", "grain", "repeated"), ("?grain=day&limit=0", "limit", "range"),
        ("?grain=day&limit=101", "limit", "range"), ("?grain=day&limit=%2B5", "limit", "range"),
        ("?grain=day&limit=", "limit", "range"), ("?grain=day&limit=1e1", "limit", "range"),
        ("?grain=day&limit=99999999999999999999", "limit", "range"),
        ("?grain=day&all=yes", "all", "type"), ("?grain=day&wrong=1", "wrong", "unknown"),
        ("?grain=day&id=x", "id", "unknown"),
        ("?grain=day&types=1&types=2&types=3&types=4", "types", "count"),
        ("?grain=day&types=%00", "types", "count"), ("?grain=%zz", "query", "encoding"),
        ("?grain=day&%ff=1", "query", "encoding"),
      ] {
        let answer = try await service.ask("GET", "/test/parameters/x" + query)
        // What cannot be read at all is another thing than a value that cannot be.
        #expect(answer.status == (rule == "encoding" ? 400 : 422), "\(query)")
        #expect(answer.body.contains(#"{"field":"\#(field)","rule":"\#(rule)""#), "\(query)")
      }
      let long = try await service.ask(
        "GET", "/test/parameters/\(String(repeating: "x", count: 17))?grain=day")
      #expect(long.body.contains(#""field":"id","rule":"length""#))
    }
  }

  @Test func `what is wrong with a body is named, with its place`() async throws {
    try await TestService.run(endpoints: TestEndpoints.all) { service in
      func ask(_ body: String) async throws -> RawAnswer {
        try await service.ask(
          "POST", "/test/json", headers: ["Content-Type: application/json; charset=utf-8"],
          body: body)
      }
      #expect(try await ask(#"{"name":"x","count":3,"tags":["a"]}"#).body == "\"x\"")
      for (body, field, rule) in [
        ("", "body", "json"), ("{", "body", "json"), ("[]", "body", "type"),
        (#"{"name":"x","name":"y"}"#, "body", "json"), (#"{}"#, "name", "missing"),
        (#"{"name":""}"#, "name", "length"), (#"{"name":"123456789"}"#, "name", "length"),
        (#"{"name":1}"#, "name", "type"), (#"{"name":"x","count":11}"#, "count", "range"),
        (#"{"name":"x","count":1.5}"#, "count", "type"),
        (#"{"name":"x","count":99999999999999999999}"#, "count", "type"),
        (#"{"name":"x","tags":["a",1]}"#, "tags[1]", "type"),
        (#"{"name":"x","tags":["a","b","c"]}"#, "tags", "count"),
        (#"{"name":"x","more":1}"#, "more", "unknown"),
        (String(repeating: "[", count: 100), "body", "json"),
      ] {
        let answer = try await ask(body)
        #expect(answer.status == 400, "\(body)")
        #expect(answer.body.contains(#"{"field":"\#(field)","rule":"\#(rule)""#), "\(body)")
      }
      #expect(try await ask(String(repeating: " ", count: 1025)).status == 413)
    }
  }

  @Test func `paths, methods and failures inside are problems too`() async throws {
    try await TestService.run(endpoints: TestEndpoints.all) { service in
      for path in [
        "/nothing", "/api/health//", "/api", "//api/health", "/API/health",
      ] {
        #expect(try await service.ask("GET", path).status == 404, "\(path)")
      }
      let wrong = try await service.ask("DELETE", "/api/health")
      #expect(wrong.status == 405)
      #expect(wrong["allow"] == "GET, HEAD")
      #expect(try await service.ask("OPTIONS", "/test/echo")["allow"] == "POST")
      let broken = try await service.ask(
        "GET", "/test/broken", headers: ["X-Request-Id: my-request-7"])
      #expect(broken.status == 500)
      #expect(!broken.body.contains("secret reason"))
      #expect(broken.body.contains(#""request_id":"my-request-7""#))
      #expect(service.log.text.contains("the secret reason"))
    }
  }

  @Test func `a request has an id, and a trace where the caller has one`() async throws {
    try await TestService.run { service in
      let own = try await service.ask("GET", "/api/health", headers: ["X-Request-Id: abc-1.2_3"])
      #expect(own["x-request-id"] == "abc-1.2_3")
      for bad in ["short", "has blank s", String(repeating: "a", count: 65), "semi;colon;"] {
        let answer = try await service.ask("GET", "/api/health", headers: ["X-Request-Id: \(bad)"])
        #expect(answer["x-request-id"]?.utf8.count == 32)
      }
      let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
      let traced = try await service.ask(
        "GET", "/api/health", headers: ["traceparent: 00-\(trace)-00f067aa0ba902b7-01"])
      #expect(traced["traceparent"]?.hasPrefix("00-\(trace)-") == true)
      #expect(traced["traceparent"]?.hasSuffix("-01") == true)
      #expect(service.log.text.contains(trace))
      #expect(try await service.ask("GET", "/api/health")["traceparent"] == nil)
    }
  }

  @Test func `answers are compressed for those who ask for it`() async throws {
    try await TestService.run { service in
      let plain = try await service.ask("GET", "/openapi.json")
      let small = try await service.ask(
        "GET", "/openapi.json", headers: ["Accept-Encoding: br, gzip;q=0.5"])
      #expect(plain["content-encoding"] == nil)
      #expect(small["content-encoding"] == "gzip")
      #expect(small["vary"] == "Accept-Encoding")
      let length = try #require(small["content-length"].flatMap { Int($0) })
      #expect(length < plain.body.utf8.count / 2)
      for refusal in ["gzip;q=0", "identity", "br"] {
        let answer = try await service.ask(
          "GET", "/openapi.json", headers: ["Accept-Encoding: \(refusal)"])
        #expect(answer["content-encoding"] == nil)
      }
    }
  }
}
