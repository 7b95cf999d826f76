public import DaybookClient
internal import HTTPTypes
public import Hummingbird
internal import Synchronization

/// Who a request is from.
public struct RequestCaller: Sendable {
  public var userID: String?
  public var sessionID: String?
  /// `nil`: that of the client's key.
  public var organizationID: String?

  public init(userID: String? = nil, sessionID: String? = nil, organizationID: String? = nil) {
    self.userID = userID
    self.sessionID = sessionID
    self.organizationID = organizationID
  }
}

/// Logs each request as an event of type `api_call`: the template of its route, method, status, the time
/// until the answer was written, who asked, and what handlers noted (`RequestNotes`).
///
/// The path itself, its query, headers and bodies are never part of it. Answers and errors pass as they
/// are, and nothing waits: `DaybookClient.emit` does not.
public struct DaybookMiddleware<Context: RequestContext>: RouterMiddleware {
  private let client: DaybookClient
  private let skips: @Sendable (Request) -> Bool
  private let caller: @Sendable (Request, Context) -> RequestCaller

  /// `caller` is asked before the request is answered: put the middleware behind the one that
  /// authenticates, or let that one note the user in `RequestNotes`. `skips`: requests that are not
  /// logged, such as probes of health.
  public init(
    client: DaybookClient,
    skips: @escaping @Sendable (Request) -> Bool = { _ in false },
    caller: @escaping @Sendable (Request, Context) -> RequestCaller = { _, _ in RequestCaller() }
  ) {
    self.client = client
    self.skips = skips
    self.caller = caller
  }

  public func handle(
    _ request: Request, context: Context,
    next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    if skips(request) { return try await next(request, context) }
    let record = RequestRecord(
      client, request, caller(request, context), fallbackID: context.id,
      (context as? any DaybookRequestContext)?.daybook)
    do {
      var response = try await next(request, context)
      record.answered(response.status.code, context.endpointPath)
      let body = response.body
      response.body = ResponseBody(contentLength: body.contentLength) { writer in
        defer { record.emit() }
        try await body.write(writer)
      }
      return response
    } catch {
      record.answered((error as? any HTTPResponseError)?.status.code ?? 500, context.endpointPath)
      record.emit()
      throw error
    }
  }
}

/// One request while it is answered. Emitted once: when the answer has been written or has broken off, or
/// when nobody holds it any more, as with answers to HEAD, whose body nobody writes.
private final class RequestRecord: Sendable {
  private struct State {
    var event: DaybookEvent
    var isEmitted = false
  }

  private let client: DaybookClient
  private let start = ContinuousClock.now
  private let notes: RequestNotes?
  private let state: Mutex<State>

  init(
    _ client: DaybookClient, _ request: Request, _ caller: RequestCaller, fallbackID: String,
    _ notes: RequestNotes?
  ) {
    self.client = client
    self.notes = notes
    var event = DaybookEvent("api_call", userID: caller.userID, sessionID: caller.sessionID)
    event.organizationID = caller.organizationID
    event.method = Self.method(request.method)
    event.requestID = Self.requestID(request) ?? fallbackID
    event.traceID = Self.traceID(request)
    state = Mutex(State(event: event))
  }

  deinit { emit() }

  /// `template` is `nil`, or a word of Hummingbird's, where there is no such route.
  func answered(_ status: Int, _ template: String?) {
    state.withLock { state in
      state.event.statusCode = status
      state.event.endpoint = template == "NotFound" ? nil : template
    }
  }

  func emit() {
    let duration = (ContinuousClock.now - start) / .milliseconds(1)
    let taken = state.withLock { state -> DaybookEvent? in
      guard !state.isEmitted else { return nil }
      state.isEmitted = true
      return state.event
    }
    guard let own = taken else { return }
    var event = notes?.noted ?? own
    event.type = own.type
    event.endpoint = own.endpoint ?? "(unmatched)"
    event.method = own.method
    event.statusCode = own.statusCode
    event.responseTimeMilliseconds = duration
    event.traceID = own.traceID ?? event.traceID
    event.userID = event.userID ?? own.userID
    event.sessionID = event.sessionID ?? own.sessionID
    event.organizationID = event.organizationID ?? own.organizationID
    event.requestID = event.requestID ?? own.requestID
    if event.status == nil, let code = own.statusCode {
      event.status = code < 400 ? .succeeded : .failed
    }
    client.emit(event)
  }

  /// Others the service would refuse.
  private static func method(_ method: HTTPRequest.Method) -> String? {
    let known: Set<String> = [
      "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT",
    ]
    return known.contains(method.rawValue) ? method.rawValue : nil
  }

  private static func requestID(_ request: Request) -> String? {
    guard let name = HTTPField.Name("X-Request-Id"), let id = request.headers[name],
      (1...64).contains(id.utf8.count), id.utf8.allSatisfy(isPlain)
    else { return nil }
    return id
  }

  /// W3C Trace Context: `00-<32 digits>-<16 digits>-<2 digits>`.
  private static func traceID(_ request: Request) -> String? {
    guard let name = HTTPField.Name("traceparent"), let header = request.headers[name] else {
      return nil
    }
    let parts = header.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count >= 4, parts[1].utf8.count == 32,
      parts[1].utf8.allSatisfy({ byte in
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
      })
    else { return nil }
    return String(parts[1])
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "_"),
      UInt8(ascii: "."):
      true
    default: false
    }
  }
}
