internal import AccessControl
internal import Authentication
internal import HTTPTypes
package import Hummingbird
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import Platform
internal import QueryLanguage

/// Where a request comes from.
package struct ServiceContext: InitializableFromSource, Sendable {
  package let address: String

  package init(source: ApplicationRequestContextSource) {
    address = source.channel.remoteAddress?.ipAddress ?? "unknown"
  }
}

/// Answers requests: finds the endpoint, lets nobody through who may not, and makes of every error an
/// answer that says what is wrong.
package struct ServiceResponder: HTTPResponder {
  package typealias Context = ServiceContext

  let service: Service
  let isSecure: Bool

  package init(service: Service, isSecure: Bool) {
    self.service = service
    self.isSecure = isSecure
  }

  package func respond(to request: Request, context: ServiceContext) async throws -> Response {
    let id =
      request.headers[Self.requestID].flatMap(RequestID.init(sent:))
      ?? RequestID(service.environment)
    var exchange = Exchange(
      id: id, start: .now, time: service.environment.now(), address: context.address,
      trace: request.headers[Self.traceParent].flatMap(TraceContext.init), log: service.log)
    var response: ServiceResponse
    do {
      response = try await answer(request, &exchange)
    } catch let problem as Problem {
      exchange.problem = problem
      response = problem.response(id)
    } catch let error as QueryError {
      let problem = Problem(error, in: "")
      exchange.problem = problem
      response = problem.response(id)
    } catch let error as HTTPParserError {
      // The rest of the request is no HTTP: the connection answers that.
      throw error
    } catch {
      exchange.log.error("a request failed", metadata: ["error": "\(error)"])
      exchange.problem = .internalError
      response = Problem.internalError.response(id)
    }
    response.headers[Self.requestID] = id.text
    SecurityHeaders.add(to: &response.headers, isSecure: isSecure)
    return write(response, request)
  }

  /// What is learned of a request on the way.
  struct Exchange {
    let id: RequestID
    let start: ContinuousClock.Instant
    let time: UnixTime
    let address: String
    let trace: TraceContext?
    var log: Logger
    var endpoint: Endpoint?
    var principal: Principal?
    var problem: Problem?
  }

  private func answer(
    _ request: Request, _ exchange: inout Exchange
  ) async throws -> ServiceResponse {
    let target = RequestTarget(request.head.path ?? "")
    let endpoint: Endpoint
    let path: [String: Substring]
    switch service.endpoints.match(request.head.method.rawValue, path: target.path) {
    case .found(let found, let parts): (endpoint, path) = (found, parts)
    case .wrongMethod(let methods):
      let allowed = methods.flatMap { $0 == .get ? ["GET", "HEAD"] : [$0.rawValue] }
      var problem = Problem(
        .methodNotAllowed, "method_not_allowed", "Method not allowed",
        "this takes \(allowed.joined(separator: ", "))")
      problem.headers[.allow] = allowed.joined(separator: ", ")
      throw problem
    case .unknown:
      throw Problem.notFound("there is no such path; /openapi.json lists all there are")
    }
    exchange.endpoint = endpoint
    var caller: Principal?
    var emitter: EmitterKey?
    if case .emitter(let kind) = endpoint.access {
      emitter = try self.emitter(request.headers[.authorization], for: kind, exchange.log)
    } else if endpoint.access != .open {
      let log = exchange.log
      let principal = try service.keys.principal(
        authorization: request.headers[.authorization], at: exchange.time
      ) { log.info("a token was refused", metadata: ["reason": "\($0)"]) }
      caller = principal
      exchange.principal = principal
      try OrganizationParameters.refuseHeaders(request.headers, of: principal)
      try refuseUnlessCapable(principal, endpoint, at: exchange.time)
    }
    let arguments = try RequestArguments(endpoint.allParameters, path: path, query: target.query)
    let scope = try caller.flatMap { try self.scope(of: $0, endpoint, arguments) }
    let (json, bytes) = try await RequestBodyReader.read(request, for: endpoint)
    return try await endpoint.handler(
      ServiceRequest(
        id: exchange.id, endpoint: endpoint, caller: caller, emitter: emitter,
        requestedScope: scope,
        arguments: arguments, headers: request.headers, address: exchange.address,
        trace: exchange.trace, time: exchange.time, log: exchange.log, json: json, bytes: bytes),
      service)
  }

  private func refuseUnlessCapable(
    _ principal: Principal, _ endpoint: Endpoint, at now: UnixTime
  ) throws(Problem) {
    guard let capability = endpoint.access.capability else { return }
    let reach = AccessTable.standard.reach(of: principal.role, for: capability)
    let least = if case .everywhere = endpoint.access { Reach.everything } else { Reach.oneself }
    if reach >= least { return }
    if capability == .reveal, endpoint.method == .post {
      service.administration.noteRefusedReveal(to: principal, at: now)
    }
    throw Problem(.notAllowed(capability, principal.role))
  }

  /// The caller is told no more than that the key is not right; the log is told why.
  private func emitter(
    _ header: String?, for kind: RecordKind, _ log: Logger
  ) throws(Problem) -> EmitterKey {
    let hint = "send it as: Authorization: Bearer dbk_..."
    guard let header else {
      throw .unauthorized("key_missing", "this needs an emitter key", hint: hint)
    }
    let parts = header.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else {
      throw .unauthorized("key_refused", "the header Authorization must be: Bearer KEY", hint: hint)
    }
    do throws(EmitterRefusal) {
      return try service.administration.authenticate(parts[1].utf8, for: kind)
    } catch {
      log.info("an emitter key was refused", metadata: ["reason": "\(error)"])
      switch error {
      case .invalidKey: throw .unauthorized("key_refused", error.publicMessage)
      case .kindNotAllowed: throw .forbidden(error.publicMessage)
      }
    }
  }

  private func scope(
    of principal: Principal, _ endpoint: Endpoint, _ arguments: RequestArguments
  ) throws(Problem) -> RowScope? {
    guard case .scoped(let capability) = endpoint.access else { return nil }
    let requested = try OrganizationParameters.requested(in: arguments)
    do throws(AccessRefusal) {
      return try principal.scope(for: capability, in: requested)
    } catch {
      throw Problem(error)
    }
  }

  private func write(_ response: ServiceResponse, _ request: Request) -> Response {
    var headers = response.headers
    if let type = response.contentType { headers[.contentType] = type }
    let takesGzip = AcceptedEncoding.takesGzip(request.headers)
    if response.contentType != nil { headers[.vary] = "Accept-Encoding" }
    let isHead = request.head.method == .head
    switch response.body {
    case .empty: return Response(status: response.status, headers: headers)
    case .bytes(var bytes):
      if takesGzip, bytes.count >= 1024, let compressor = GzipCompressor() {
        bytes = compressor.finish(bytes)
        headers[.contentEncoding] = "gzip"
      }
      headers[.contentLength] = String(bytes.count)
      return Response(
        status: response.status, headers: headers,
        body: isHead ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    case .stream(let write):
      let compressor = takesGzip ? GzipCompressor() : nil
      if compressor != nil { headers[.contentEncoding] = "gzip" }
      if isHead { return Response(status: response.status, headers: headers) }
      return Response(
        status: response.status, headers: headers,
        body: ResponseBody { writer in
          var stream = ResponseStream(writer, compressor: compressor)
          try await write(&stream)
          try await stream.finish()
        })
    }
  }

  static let requestID = HTTPField.Name("X-Request-Id") ?? .date
  static let traceParent = HTTPField.Name("traceparent") ?? .date
}

extension RequestID {
  package init(_ environment: ServiceEnvironment) {
    var generator = Generator(environment: environment)
    self.init(using: &generator)
  }

  private struct Generator: RandomNumberGenerator {
    let environment: ServiceEnvironment

    mutating func next() -> UInt64 { environment.random() }
  }
}
