internal import AccessControl
internal import Authentication
internal import HTTPTypes
internal import Hummingbird
internal import Intake
internal import NIOCore

/// Reads the body of a request, no more of it than the endpoint takes.
///
/// How long it may take is watched by the connection: see `ConnectionGuard`.
enum RequestBodyReader {
  enum Content {
    case none
    case json(StrictJSON)
    case bytes([UInt8])
    case records(RecordBody)
  }

  /// `sender` is whose share of the memory for records the body is counted to.
  static func read(
    _ request: Request, for endpoint: Endpoint, of sender: String, _ service: Service
  ) async throws -> Content {
    switch endpoint.body {
    case nil:
      // Read, since some callers send an empty one.
      guard try await collect(request, upTo: 0).isEmpty else {
        throw Problem.invalid("body", "unknown", "this endpoint takes no body")
      }
      return .none
    case .bytes(let types, let limit)?:
      try checkType(request, types)
      try refuseEncodings(request)
      return .bytes(try await collect(request, upTo: limit))
    case .json(let schema, let limit)?:
      try checkType(request, ["application/json"])
      try refuseEncodings(request)
      let bytes = try await collect(request, upTo: limit)
      do throws(Problem) {
        return .json(try json(bytes, schema))
      } catch {
        throw endpoint.findsBodyUnprocessable ? error.unprocessable : error
      }
    case .records(let types, _)?:
      try checkType(request, types)
      return .records(try await records(request, of: sender, service))
    }
  }

  private static func json(_ bytes: [UInt8], _ schema: Schema) throws(Problem) -> StrictJSON {
    let json: StrictJSON
    do throws(StrictJSON.Failure) {
      json = try StrictJSON(bytes)
    } catch {
      throw Problem.invalid("body", "json", error.description)
    }
    let errors = schema.errors(in: json)
    guard errors.isEmpty else { throw Problem.invalid(errors) }
    return json
  }

  /// Counted before it is read, where its length is announced, so that what cannot be taken is not sent;
  /// and held by what has come, so that who sends slowly takes no room from others.
  private static func records(
    _ request: Request, of sender: String, _ service: Service
  ) async throws -> RecordBody {
    let encodings = request.headers[values: .contentEncoding].flatMap { $0.split(separator: ",") }
      .map { $0.filter { $0 != " " }.lowercased() }.filter { $0 != "identity" }
    guard encodings.isEmpty || encodings == ["gzip"] else {
      throw unsupported("encoding_unsupported", "bodies are taken as they are, or as gzip")
    }
    try service.recordQuota.check(sender, at: service.monotonicNanoseconds)
    let room = RecordRoom(service.recordQueue, of: sender)
    let limit = service.intake.rules.limits.bodyByteCount
    let announced = request.headers[.contentLength].flatMap { Int($0) }
    if let announced {
      guard announced <= limit else { throw Problem.tooLarge(limit) }
      try room.check(announced)
    }
    var bytes: [UInt8] = []
    if let announced { bytes.reserveCapacity(announced) }
    for try await part in request.body {
      guard bytes.count + part.readableBytes <= limit else { throw Problem.tooLarge(limit) }
      try room.grow(by: part.readableBytes)
      part.withUnsafeReadableBytes { bytes.append(contentsOf: $0) }
    }
    try checkLength(announced, bytes)
    return RecordBody(bytes, isCompressed: !encodings.isEmpty, room)
  }

  private static func unsupported(_ code: String, _ detail: String) -> Problem {
    var problem = Problem(.unsupportedMediaType, code, "Unsupported media type", detail)
    problem.closesConnection = true
    return problem
  }

  private static func refuseEncodings(_ request: Request) throws(Problem) {
    let encodings = request.headers[values: .contentEncoding]
    guard encodings.allSatisfy({ $0.lowercased() == "identity" }) else {
      throw unsupported("encoding_unsupported", "bodies are taken as they are, not compressed")
    }
  }

  private static func checkType(_ request: Request, _ types: [String]) throws(Problem) {
    let type = request.headers[.contentType] ?? ""
    let essence = type.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
    guard types.contains(essence) else {
      var problem = unsupported(
        "content_type_unsupported", "Content-Type must be \(types.joined(separator: " or "))")
      if essence == "application/x-protobuf" {
        problem.hint =
          "set OTEL_EXPORTER_OTLP_PROTOCOL=http/json, or let a collector send it with 'encoding: json'"
      }
      throw problem
    }
  }

  private static func collect(_ request: Request, upTo limit: Int) async throws -> [UInt8] {
    let announced = request.headers[.contentLength].flatMap { Int($0) }
    if let announced, announced > limit {
      throw limit == 0
        ? Problem.unexpectedBody : Problem.tooLarge(limit)
    }
    var bytes: [UInt8] = []
    // What is only announced takes no memory.
    if let announced { bytes.reserveCapacity(min(announced, 1 << 16)) }
    for try await part in request.body {
      guard bytes.count + part.readableBytes <= limit else {
        throw limit == 0 ? Problem.unexpectedBody : Problem.tooLarge(limit)
      }
      bytes.append(contentsOf: part.readableBytesView)
    }
    try checkLength(announced, bytes)
    return bytes
  }

  /// A connection that breaks off must not pass for a short body.
  private static func checkLength(_ announced: Int?, _ bytes: [UInt8]) throws(Problem) {
    guard announced == nil || announced == bytes.count else {
      throw Problem.invalid("body", "length", "ended before it was complete")
    }
  }
}

extension Problem {
  static var unexpectedBody: Problem {
    var problem = Problem.invalid("body", "unknown", "this endpoint takes no body")
    problem.closesConnection = true
    return problem
  }
}
