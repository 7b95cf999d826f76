internal import Authentication
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// Reads the body of a request, no more of it than the endpoint takes.
///
/// How long it may take is watched by the connection: see `ConnectionGuard`.
enum RequestBodyReader {
  static func read(
    _ request: Request, for endpoint: Endpoint
  ) async throws -> (json: StrictJSON?, bytes: [UInt8]) {
    guard let body = endpoint.body else {
      // Read, since some callers send an empty one.
      guard try await collect(request, upTo: 0).isEmpty else {
        throw Problem.invalid("body", "unknown", "this endpoint takes no body")
      }
      return (nil, [])
    }
    try checkType(request, body)
    let bytes = try await collect(request, upTo: body.largestByteCount)
    guard case .json(let schema, _) = body else { return (nil, bytes) }
    let json: StrictJSON
    do throws(StrictJSON.Failure) {
      json = try StrictJSON(bytes)
    } catch {
      throw Problem.invalid("body", "json", error.description)
    }
    let errors = schema.errors(in: json)
    guard errors.isEmpty else { throw Problem.invalid(errors) }
    return (json, [])
  }

  private static func checkType(_ request: Request, _ body: EndpointBody) throws(Problem) {
    func refuse(_ code: String, _ detail: String) -> Problem {
      var problem = Problem(
        .unsupportedMediaType, code, "Unsupported media type", detail)
      problem.closesConnection = true
      return problem
    }
    let encodings = request.headers[values: .contentEncoding]
    guard encodings.allSatisfy({ $0.lowercased() == "identity" }) else {
      throw refuse("encoding_unsupported", "bodies are taken as they are, not compressed")
    }
    let type = request.headers[.contentType] ?? ""
    let essence = type.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
    guard body.types.contains(essence) else {
      throw refuse(
        "content_type_unsupported", "Content-Type must be \(body.types.joined(separator: " or "))")
    }
  }

  private static func collect(_ request: Request, upTo limit: Int) async throws -> [UInt8] {
    let announced = request.headers[.contentLength].flatMap { Int($0) }
    if let announced, announced > limit {
      throw limit == 0
        ? Problem.unexpectedBody : Problem.tooLarge(limit)
    }
    var bytes: [UInt8] = []
    if let announced { bytes.reserveCapacity(announced) }
    for try await part in request.body {
      guard bytes.count + part.readableBytes <= limit else {
        throw limit == 0 ? Problem.unexpectedBody : Problem.tooLarge(limit)
      }
      bytes.append(contentsOf: part.readableBytesView)
    }
    // A connection that breaks off must not pass for a short body.
    if let announced, announced != bytes.count {
      throw Problem.invalid("body", "length", "ended before it was complete")
    }
    return bytes
  }
}

extension Problem {
  static var unexpectedBody: Problem {
    var problem = Problem.invalid("body", "unknown", "this endpoint takes no body")
    problem.closesConnection = true
    return problem
  }
}
