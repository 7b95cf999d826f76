internal import AccessControl
internal import Authentication
internal import HTTPTypes
package import Hummingbird
internal import Logging
internal import NIOCore
internal import Platform
internal import QueryLanguage

/// Where a request comes from.
package struct ServiceContext: InitializableFromSource, Sendable {
  package let address: String
  let channel: any Channel

  package init(source: ApplicationRequestContextSource) {
    channel = source.channel
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
    let trace = request.headers[Self.traceParent].flatMap(TraceContext.init)
    var log = service.log
    log[metadataKey: "request"] = "\(id)"
    if let trace { log[metadataKey: "trace"] = "\(trace.trace)" }
    var exchange = Exchange(
      id: id, start: .now, time: service.environment.now(), address: context.address, trace: trace,
      method: request.head.method, log: log)
    service.metrics.requestStarted()
    var response: ServiceResponse
    do {
      response = try await answer(request, context, &exchange)
    } catch let problem as Problem {
      exchange.problem = problem
      response = problem.response(id)
    } catch let error as QueryError {
      let problem = Problem(error, in: "")
      exchange.problem = problem
      response = problem.response(id)
    } catch {
      exchange.log.error("a request failed", metadata: ["error": "\(error)"])
      exchange.problem = .internalError
      response = Problem.internalError.response(id)
    }
    response.headers[Self.requestID] = id.text
    if let trace {
      response.headers[Self.traceParent] = trace.header(span: service.environment.random())
    }
    SecurityHeaders.add(to: &response.headers, isSecure: isSecure)
    if response.contentType != nil, response.mayBeCompressed {
      response.headers[.vary] = "Accept-Encoding"
    }
    service.crossOrigin.add(to: &response.headers, request.headers, exchange.endpoint)
    return write(response, request, exchange)
  }

  /// What is learned of a request on the way.
  struct Exchange {
    let id: RequestID
    let start: ContinuousClock.Instant
    let time: UnixTime
    let address: String
    let trace: TraceContext?
    let method: HTTPRequest.Method
    var log: Logger
    var endpoint: Endpoint?
    var principal: Principal?
    var problem: Problem?
  }

  private func answer(
    _ request: Request, _ context: ServiceContext, _ exchange: inout Exchange
  ) async throws -> ServiceResponse {
    let target = RequestTarget(request.head.path ?? "")
    if let answer = service.crossOrigin.preflight(
      request.head.method, path: target.path, request.headers, service.endpoints)
    {
      try limitAddress(exchange)
      return answer
    }
    let endpoint: Endpoint
    let path: [String: Substring]
    switch service.endpoints.match(request.head.method.rawValue, path: target.path) {
    case .found(let found, let parts): (endpoint, path) = (found, parts)
    case .wrongMethod(let methods):
      try limitAddress(exchange)
      let allowed = methods.flatMap { $0 == .get ? ["GET", "HEAD"] : [$0.rawValue] }
      var problem = Problem(
        .methodNotAllowed, "method_not_allowed", "Method not allowed",
        "this takes \(allowed.joined(separator: ", "))")
      problem.headers[.allow] = allowed.joined(separator: ", ")
      throw problem
    case .unknown:
      try limitAddress(exchange)
      if let page = Service.pageOfNothing(request.head.method, target.path, request.headers) {
        return page
      }
      throw Problem.notFound("there is no such path; /openapi.json lists all there are")
    }
    exchange.endpoint = endpoint
    var caller: Principal?
    var emitter: EmitterKey?
    if let kind = try emitterKind(of: request, endpoint) {
      do throws(Problem) {
        emitter = try self.emitter(
          try AccessKeys.authorization(request.headers), for: kind, exchange.log)
      } catch {
        // Only what is refused counts for the address: behind one address there may be all servers of a
        // host, and keys have limits of their own.
        try limitAddress(exchange)
        // Whoever is signed in is known, and may not: 401 would tell a page that the session has ended.
        if (try? service.keys.caller(of: request.headers, at: exchange.time) { _ in }) != nil {
          throw Problem.forbidden(
            "this takes records of emitters, and the token is that of a person",
            hint: "send it with an emitter key: Authorization: Bearer dbk_...")
        }
        throw error
      }
      if let emitter, endpoint.body?.isOfRecords != true {
        try limit(service.callerLimiter, "caller") { emitter.id }
      }
    } else {
      try limitAddress(exchange)
    }
    var expiry: UnixTime?
    if endpoint.refusesOtherOrigins { try SameOrigin.check(request) }
    if emitter == nil, endpoint.access != .open {
      let log = exchange.log
      let known = try service.keys.caller(of: request.headers, at: exchange.time) {
        log.info("a token was refused", metadata: ["reason": "\($0)"])
      }
      if known.isFromPage { try SameOrigin.check(request) }
      let principal = known.principal
      (caller, expiry) = (principal, known.expiry)
      try limit(service.callerLimiter, "caller") { principal.user.text }
      exchange.principal = principal
      try OrganizationParameters.refuseHeaders(request.headers, of: principal)
      try await refuseUnlessCapable(principal, endpoint, at: exchange.time)
    }
    let arguments = try arguments(of: endpoint, path, target.query)
    let scope = try caller.flatMap { try self.scope(of: $0, endpoint, arguments) }
    let sender = emitter?.id ?? caller.map { "user \($0.user.text)" } ?? ""
    var (json, bytes, records): (StrictJSON?, [UInt8], RecordBody?) = (nil, [], nil)
    switch try await RequestBodyReader.read(request, for: endpoint, of: sender, service) {
    case .none: break
    case .json(let value): json = value
    case .bytes(let content): bytes = content
    case .records(let body): records = body
    }
    let known = ServiceRequest(
      id: exchange.id, endpoint: endpoint, caller: caller, expiry: expiry, emitter: emitter,
      requestedScope: scope, isSecure: isSecure || Self.isSentSecurely(request),
      arguments: arguments, headers: request.headers, address: exchange.address,
      trace: exchange.trace, time: exchange.time, log: exchange.log, json: json, bytes: bytes,
      records: records,
      connection: service.connections.watch(of: context.channel) ?? ConnectionWatch())
    try await service.checkReveal(of: known)
    var response = try await endpoint.handler(known, service)
    if scope?.organizations == .all { response.headers[Self.organizations] = "all" }
    return response
  }

  /// A proxy may speak TLS with the browser. Whoever says so himself decides about a cookie of his own alone.
  private static func isSentSecurely(_ request: Request) -> Bool {
    request.headers[.origin]?.lowercased().hasPrefix("https://") == true
  }

  private func limitAddress(_ exchange: Exchange) throws(Problem) {
    try limit(service.addressLimiter, "address") { RateLimiter.name(ofAddress: exchange.address) }
  }

  /// The kind of records that a key is needed for; `nil` where a token is, or nothing.
  private func emitterKind(
    of request: Request, _ endpoint: Endpoint
  ) throws(Problem) -> RecordKind? {
    switch endpoint.access {
    case .emitter(let kind): return kind
    case .emitterOrPerson(let kind):
      let token = try AccessKeys.authorization(request.headers)?.split(separator: " ").last
      return token?.hasPrefix(EmitterKey.prefix) == true ? kind : nil
    case .open, .scoped, .capable, .everywhere: return nil
    }
  }

  private func refuseUnlessCapable(
    _ principal: Principal, _ endpoint: Endpoint, at now: UnixTime
  ) async throws {
    guard let capability = endpoint.access.capability else { return }
    let reach = AccessTable.standard.reach(of: principal.role, for: capability)
    let least = if case .everywhere = endpoint.access { Reach.everything } else { Reach.oneself }
    if reach >= least { return }
    if capability == .reveal, endpoint.method == .post {
      try await service.noteRefusedReveal(.notAllowed(principal.role), to: principal, at: now)
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

  private func arguments(
    of endpoint: Endpoint, _ path: [String: Substring], _ query: Substring?
  ) throws(Problem) -> RequestArguments {
    try RequestArguments(
      endpoint.allParameters, path: path, query: endpoint.isForBrowsers ? nil : query)
  }

  private func scope(
    of principal: Principal, _ endpoint: Endpoint, _ arguments: RequestArguments
  ) throws(Problem) -> RowScope? {
    let capability: Capability
    switch endpoint.access {
    case .scoped(let scoped): capability = scoped
    case .emitterOrPerson: capability = .readOwnRecords
    case .open, .capable, .everywhere, .emitter: return nil
    }
    let requested =
      endpoint.onlyReads
      ? try OrganizationParameters.requestedToRead(in: arguments, by: principal, for: capability)
      : try OrganizationParameters.requested(in: arguments)
    do throws(AccessRefusal) {
      return try principal.scope(for: capability, in: requested)
    } catch {
      throw Problem(error)
    }
  }

  private func limit(
    _ limiter: RateLimiter?, _ what: String, _ name: () -> String
  ) throws(Problem) {
    guard let limiter else { return }
    guard let wait = limiter.take(name(), at: service.monotonicNanoseconds) else { return }
    service.metrics.limited(by: what)
    var problem = Problem(
      .tooManyRequests, "too_many_requests", "Too many requests",
      "this \(what) asks more often than it may: try again in \(wait) seconds")
    problem.retryAfter = wait
    throw problem
  }

  /// Said once, when the answer has been written, or cannot be.
  private func note(_ status: HTTPResponse.Status, _ exchange: Exchange) {
    let duration = ContinuousClock.now - exchange.start
    // What is not in the table has no name of its own: nobody fills the metrics with paths.
    let route = exchange.endpoint?.path ?? "unknown"
    let isKnown =
      exchange.method == .head || Endpoint.Method(rawValue: exchange.method.rawValue) != nil
    let method = isKnown ? exchange.method.rawValue : "other"
    service.metrics.requestEnded(
      method: method, route: route, status: status.code, duration)
    if status == .unauthorized {
      service.metrics.tokenRefused(exchange.problem?.code ?? "token_refused")
    }
    var metadata: Logger.Metadata = [
      "method": "\(method)", "route": "\(route)", "status": "\(status.code)",
      "milliseconds": "\(Milliseconds(duration))",
    ]
    if let problem = exchange.problem { metadata["code"] = "\(problem.code)" }
    if let principal = exchange.principal { metadata["role"] = "\(principal.role.rawValue)" }
    exchange.log.info("request", metadata: metadata)
  }

  private func write(
    _ response: ServiceResponse, _ request: Request, _ exchange: Exchange
  ) -> Response {
    var headers = response.headers
    if let type = response.contentType { headers[.contentType] = type }
    let takesGzip = response.mayBeCompressed && AcceptedEncoding.takesGzip(request.headers)
    let isHead = request.head.method == .head
    switch response.body {
    case .empty:
      note(response.status, exchange)
      return Response(status: response.status, headers: headers)
    case .bytes(var bytes):
      if takesGzip, bytes.count >= 1024, let compressor = GzipCompressor() {
        bytes = compressor.finish(bytes)
        headers[.contentEncoding] = "gzip"
      }
      headers[.contentLength] = String(bytes.count)
      note(response.status, exchange)
      return Response(
        status: response.status, headers: headers,
        body: isHead ? ResponseBody() : Self.body(ByteBuffer(bytes: bytes)))
    case .stream(let write):
      let compressor = takesGzip ? GzipCompressor() : nil
      if compressor != nil { headers[.contentEncoding] = "gzip" }
      if isHead {
        note(response.status, exchange)
        return Response(status: response.status, headers: headers)
      }
      let status = response.status
      // Whoever hangs up before the body begins is noted when nobody holds it any more.
      let ending = RequestEnding { note(status, exchange) }
      return Response(
        status: status, headers: headers,
        body: ResponseBody { writer in
          defer { ending.note() }
          var stream = ResponseStream(writer, compressor: compressor)
          do {
            try await write(&stream)
          } catch {
            // The status is out: the log is the only place left to say it.
            exchange.log.notice("an answer broke off", metadata: ["error": "\(type(of: error))"])
            throw error
          }
          try await stream.finish()
        })
    }
  }

  /// In pieces, where it is large: who reads slowly is waited for between two of them.
  private static func body(_ bytes: ByteBuffer) -> ResponseBody {
    let piece = 1 << 16
    guard bytes.readableBytes > 4 * piece else { return ResponseBody(byteBuffer: bytes) }
    return ResponseBody(contentLength: bytes.readableBytes) { writer in
      var rest = bytes
      while let slice = rest.readSlice(length: min(piece, rest.readableBytes)),
        slice.readableBytes > 0
      {
        try await writer.write(slice)
      }
      try await writer.finish(nil)
    }
  }

  static let requestID = HTTPField.Name("X-Request-Id") ?? .date
  /// Whose rows an answer is about, where that is everybody's.
  static let organizations = HTTPField.Name("Daybook-Organizations") ?? .date
  static let traceParent = HTTPField.Name("traceparent") ?? .date
}

/// With three digits: what a log needs.
private struct Milliseconds: CustomStringConvertible {
  let description: String

  init(_ duration: Duration) {
    let microseconds = Int64(duration / .microseconds(1))
    let rest = String(microseconds % 1000)
    description =
      "\(microseconds / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
  }
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
