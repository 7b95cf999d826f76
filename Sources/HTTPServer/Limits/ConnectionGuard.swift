internal import Logging
internal import NIOCore
internal import NIOHTTP1

/// Stands in each connection where bytes have become HTTP, and closes what the libraries leave open.
///
/// It refuses what two readers could understand differently (RFC 9112: no or several `Host`, chunks in
/// HTTP/1.0); ends bodies that come too slowly and answers that nobody takes; closes a connection after an
/// answer that says so, in a way that the caller can still read it; and answers what is no HTTP.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  private enum Phase {
    case open
    /// The last answer is on its way or out: whatever comes in is dropped.
    case closing
  }

  private let service: Service
  private let isSecure: Bool
  private let watch = ConnectionWatch()
  private var phase = Phase.open
  private var isCounted = false
  private var isStopping = false

  /// For each request that was handed on and not answered yet: whether the caller wants to go on.
  private var keepAlives: [Bool] = []
  private var hasAnswerBegun = false
  /// What to answer once all requests before have been answered.
  private var refusal: Problem?

  /// Whether the body of the newest request is still coming.
  private var isBodyOpen = false
  /// It did not come to its end: nothing that comes after it is understood.
  private var hasBodyFailed = false
  private var body = BodyPace()
  private var bodyTimer: Scheduled<Void>?
  private var writeTimer: Scheduled<Void>?

  init(service: Service, isSecure: Bool) {
    self.service = service
    self.isSecure = isSecure
  }

  private var limits: ServiceLimits { service.limits }

  // MARK: - The connection

  func handlerAdded(context: ChannelHandlerContext) {
    if context.channel.isActive { open(context) }
  }

  func channelActive(context: ChannelHandlerContext) {
    context.fireChannelActive()
    open(context)
  }

  private func open(_ context: ChannelHandlerContext) {
    guard !isCounted else { return }
    isCounted = true
    watch.attach(context.channel)
    service.connections.add(watch, for: context.channel)
    guard service.metrics.connectionOpened() > limits.largestConnectionCount else { return }
    var problem = Problem.busy("there are too many connections: try again in a second")
    problem.closesConnection = true
    refuse(problem, context)
  }

  func channelInactive(context: ChannelHandlerContext) {
    end(context)
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) { end(context) }

  private func end(_ context: ChannelHandlerContext) {
    phase = .closing
    watch.close()
    bodyTimer?.cancel()
    writeTimer?.cancel()
    guard isCounted else { return }
    isCounted = false
    service.connections.remove(context.channel)
    service.metrics.connectionClosed()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is ChannelShouldQuiesceEvent { isStopping = true }
    if let event = event as? ChannelEvent, event == .inputClosed {
      watch.close()
      // Whoever was told to go has gone.
      if phase == .closing { context.close(promise: nil) }
    }
    context.fireUserInboundEventTriggered(event)
  }

  // MARK: - What comes in

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard phase == .open, refusal == nil, !hasBodyFailed else { return }
    switch unwrapInboundIn(data) {
    case .head(let head):
      if let problem = RequestHeadRules.problem(of: head, limits) {
        return refuse(problem, context)
      }
      keepAlives.append(head.isKeepAlive)
      isBodyOpen = true
      body = BodyPace()
      context.fireChannelRead(data)
      if head.headers.first(name: "expect") != nil, keepAlives.count == 1 {
        let head = HTTPResponseHead(version: .http1_1, status: .continue)
        context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
      }
    case .body(let bytes):
      body.came(bytes.readableBytes, at: .now())
      context.fireChannelRead(data)
    case .end:
      isBodyOpen = false
      bodyTimer?.cancel()
      bodyTimer = nil
      context.fireChannelRead(data)
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    context.fireChannelReadComplete()
    guard phase == .open else {
      // What is dropped must be taken off the socket: unread bytes would take the answer with them.
      context.read()
      return
    }
    if isBodyOpen, bodyTimer == nil { scheduleBodyTimer(context) }
  }

  func read(context: ChannelHandlerContext) {
    body.isWanted(at: .now())
    context.read()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let error = error as? HTTPParserError else {
      context.fireErrorCaught(error)
      context.close(promise: nil)
      return
    }
    guard phase == .open, refusal == nil, !hasBodyFailed else { return }
    let problem = Problem.malformed(isTooLong: error == .headerOverflow)
    if isBodyOpen {
      failBody(problem, context)
    } else {
      refuse(problem, context)
    }
  }

  // MARK: - Bodies

  private func scheduleBodyTimer(_ context: ChannelHandlerContext) {
    let pause = min(limits.bodyGrace, limits.bodyTimeout, .seconds(1))
    bodyTimer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(pause)) { [self] in
      bodyTimer = nil
      guard phase == .open, isBodyOpen else { return }
      if let problem = body.problem(at: .now(), limits) {
        failBody(problem, context)
      } else {
        scheduleBodyTimer(context)
      }
    }
  }

  /// Whoever reads the body gets the problem, and answers with it. What is being answered already
  /// cannot be taken back: then the connection breaks.
  private func failBody(_ problem: Problem, _ context: ChannelHandlerContext) {
    isBodyOpen = false
    hasBodyFailed = true
    if hasAnswerBegun, keepAlives.count == 1 {
      service.metrics.refused(problem.code)
      context.close(promise: nil)
    } else {
      context.fireErrorCaught(problem)
    }
  }

  // MARK: - What goes out

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard phase == .open else {
      promise?.fail(ChannelError.ioOnClosedChannel)
      return
    }
    switch unwrapOutboundIn(data) {
    case .head(var head):
      guard head.status.code >= 200 else { break }
      hasAnswerBegun = true
      let isLast =
        isStopping || keepAlives.first == false || (isBodyOpen && keepAlives.count == 1)
        || (hasBodyFailed && keepAlives.count == 1) || !head.isKeepAlive
      if isLast {
        head.headers.replaceOrAdd(name: "Connection", value: "close")
        if !keepAlives.isEmpty { keepAlives[0] = false }
      }
      context.write(wrapOutboundOut(.head(head)), promise: promise)
      return
    case .body: break
    case .end:
      let isLast = keepAlives.first == false
      if !keepAlives.isEmpty { keepAlives.removeFirst() }
      hasAnswerBegun = false
      if isLast {
        let written = promise ?? context.eventLoop.makePromise()
        close(context, after: written.futureResult)
        context.writeAndFlush(data, promise: written)
      } else {
        context.write(data, promise: promise)
        if keepAlives.isEmpty, let refusal { writeRefusal(refusal, context) }
      }
      return
    }
    context.write(data, promise: promise)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    writeTimer?.cancel()
    writeTimer = nil
    if !context.channel.isWritable {
      writeTimer = context.eventLoop.assumeIsolated().scheduleTask(
        in: TimeAmount(limits.writeTimeout)
      ) { [self] in
        service.metrics.refused("answer_not_read")
        context.close(promise: nil)
      }
    }
    context.fireChannelWritabilityChanged()
  }

  // MARK: - Refusals

  /// Answers with `problem` when what came before has been answered, and closes the connection then.
  private func refuse(_ problem: Problem, _ context: ChannelHandlerContext) {
    refusal = problem
    if keepAlives.isEmpty { writeRefusal(problem, context) }
  }

  private func writeRefusal(_ problem: Problem, _ context: ChannelHandlerContext) {
    guard phase == .open else { return }
    service.metrics.refused(problem.code)
    let id = RequestID(service.environment)
    service.log.info(
      "a request was refused", metadata: ["request": "\(id)", "code": "\(problem.code)"])
    let (head, bytes) = RefusalText.response(problem, id, isSecure: isSecure)
    let written = context.eventLoop.makePromise(of: Void.self)
    close(context, after: written.futureResult)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    let buffer = context.channel.allocator.buffer(bytes: bytes)
    context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
  }

  /// Ends our half first, and the rest when the caller has ended his or a second has gone: closing at once
  /// with bytes unread would make the operating system throw away what the caller has not read yet.
  private func close(_ context: ChannelHandlerContext, after written: EventLoopFuture<Void>) {
    phase = .closing
    bodyTimer?.cancel()
    written.assumeIsolated().whenComplete { [isSecure] _ in
      guard context.channel.isActive else { return }
      guard !isSecure else { return context.close(promise: nil) }
      context.close(mode: .output, promise: nil)
      context.read()
      context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(1)) {
        context.close(promise: nil)
      }
    }
  }
}
