internal import HTTPTypes
internal import NIOHTTP1

/// What the decoder lets through and must not pass: where two servers would see two different requests.
enum RequestHeadRules {
  static func problem(of head: HTTPRequestHead, _ limits: ServiceLimits) -> Problem? {
    guard head.version == .http1_1 || head.version == .http1_0 else {
      return refuse(
        .httpVersionNotSupported, "http_version", "HTTP/1.1 and HTTP/1.0 are understood")
    }
    // RFC 9112 section 6.1: HTTP/1.0 knows no chunks, so whoever sends them meant something else.
    if head.version == .http1_0, head.headers.contains(name: "transfer-encoding") {
      return refuse(.badRequest, "malformed_request", "HTTP/1.0 has no Transfer-Encoding")
    }
    // What the decoder does not undo would be taken for the body itself (RFC 9112 section 6.1).
    let codings = head.headers["transfer-encoding"]
    guard codings.isEmpty || (codings.count == 1 && codings[0].lowercased() == "chunked") else {
      return refuse(
        .badRequest, "malformed_request", "no Transfer-Encoding but chunked is understood")
    }
    let hosts = head.headers["host"]
    // RFC 9112 section 3.2.
    guard hosts.count == 1 || (hosts.isEmpty && head.version == .http1_0) else {
      return refuse(
        .badRequest, "malformed_host",
        "the header Host must be there once, not \(hosts.count) times")
    }
    if let host = hosts.first, let problem = problem(ofHost: host, limits) { return problem }
    // RFC 9112 section 3.2.2: the target's own name counts, not that of Host. One that says two is no proxy.
    if let authority = RequestTarget(head.uri).authority, let host = hosts.first,
      authority.lowercased() != host.lowercased()
    {
      return refuse(
        .badRequest, "malformed_host", "the target and the header Host name two different hosts")
    }
    if let expected = head.headers.first(name: "expect"), expected.lowercased() != "100-continue" {
      return refuse(.expectationFailed, "expectation", "nothing but 100-continue can be expected")
    }
    return nil
  }

  private static func problem(ofHost host: String, _ limits: ServiceLimits) -> Problem? {
    let isPlain = host.utf8.allSatisfy { byte in
      switch byte {
      case 48...57, 65...90, 97...122: true
      default: "-._~:[]".utf8.contains(byte)
      }
    }
    guard isPlain, (1...255).contains(host.utf8.count) else {
      return refuse(.badRequest, "malformed_host", "the header Host is no name of a host")
    }
    guard !limits.allowedHosts.isEmpty else { return nil }
    let name = name(of: host)
    guard limits.allowedHosts.contains(name) else {
      return refuse(
        .misdirectedRequest, "unknown_host", "this service is not called '\(name)'")
    }
    return nil
  }

  /// Without the port, in lower case.
  static func name(of host: String) -> String {
    let end =
      host.hasPrefix("[")
      ? host.firstIndex(of: "]").map(host.index(after:)) : host.firstIndex(of: ":")
    return host[..<(end ?? host.endIndex)].lowercased()
  }

  private static func refuse(
    _ status: HTTPResponseStatus, _ code: String, _ detail: String
  ) -> Problem {
    var problem = Problem(
      .init(code: Int(status.code), reasonPhrase: status.reasonPhrase), code,
      "Request not understood", detail)
    problem.closesConnection = true
    return problem
  }
}

extension Problem {
  /// What is no HTTP; nothing of it is repeated.
  static func malformed(isTooLong: Bool) -> Problem {
    var problem =
      isTooLong
      ? Problem(
        .requestHeaderFieldsTooLarge, "headers_too_large", "Headers too large",
        "the request's first line or its headers are too long, or too many")
      : Problem(
        .badRequest, "malformed_request", "Request not understood",
        "the request is not valid HTTP/1.1")
    problem.closesConnection = true
    return problem
  }
}
