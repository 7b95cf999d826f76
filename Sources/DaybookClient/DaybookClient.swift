internal import Synchronization

/// Sends events to Daybook without ever standing in the way of its host.
///
/// `emit` only puts a record into a bounded queue: it does not wait, does not throw and reaches no
/// network; where there is no room a record is dropped and counted. `run` delivers in batches, one
/// after the other, and tries again until the service has answered. Each record has its id from the
/// moment it is emitted, so that what is sent again is never stored twice.
///
/// A class with a lock rather than an actor: a host emits from synchronous code too, and must not
/// suspend for it.
///
///     let client = try DaybookClient(ClientSettings(url: "http://127.0.0.1:8080", key: key))
///     async let delivery: Void = client.run()
///     client.emit(DaybookEvent("page_view", userID: "u-1"))
///     client.stop()
///     await delivery
public final class DaybookClient: Sendable {
  let settings: ClientSettings
  let environment: ClientEnvironment
  let transport: ClientTransport
  let queue: Mutex<EventQueue>
  /// Names this run of the host, with the numbers of its batches: the service names those that it
  /// never got.
  package let stream: String
  let work = Signal()
  let hurry = Signal()
  let stopping = Signal()
  private let isRunning = Atomic<Bool>(false)

  /// Throws where the URL is none of http or https, or the key cannot stand in a header.
  public convenience init(_ settings: ClientSettings) throws(ClientSettingsError) {
    self.init(settings, environment: .real, transport: try HTTPTransport.make(settings))
  }

  package init(
    _ settings: ClientSettings, environment: ClientEnvironment, transport: ClientTransport
  ) {
    self.settings = settings
    self.environment = environment
    self.transport = transport
    stream = environment.uuid()
    queue = Mutex(EventQueue(settings))
  }

  /// Takes an event, to be sent later. Costs some microseconds, and never waits for the network.
  public func emit(_ event: DaybookEvent) {
    let id = event.id ?? environment.uuid()
    enqueue(.event, id, event.json(id: id, time: event.time ?? environment.time()))
  }

  /// `id` is what the service calls the record in its answer.
  func enqueue(_ kind: ClientRecordKind, _ id: String, _ json: [UInt8]) {
    let queued = QueuedEvent(kind: kind, id: id, json: json, time: environment.now())
    if queue.withLock({ $0.add(queued) }) { work.set() }
  }

  /// Sends what waits now, and not when a batch is full or old enough. Does not wait for it.
  public func flush() {
    queue.withLock { $0.flush() }
    work.set()
  }

  /// Takes nothing more, and lets `run` send what waits, for as long as `drainLimit` allows.
  public func stop() {
    queue.withLock { $0.stop() }
    work.set()
    hurry.set()
    stopping.set()
  }

  public var counts: ClientCounts { queue.withLock { $0.counts } }

  /// Delivers until `stop`, or until the task is cancelled; what is left then is dropped and counted. Call
  /// it once; a second call returns at once.
  public func run() async {
    guard !isRunning.exchange(true, ordering: .relaxed) else { return }
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.deliver() }
      group.addTask {
        await self.stopping.wait()
        try? await self.environment.sleep(self.settings.drainLimit)
      }
      await group.next()
      group.cancelAll()
    }
    let left = queue.withLock { $0.end() }
    lose(left, .stopped, "the client stopped before they could be sent")
    await transport.close()
  }

  func lose(_ events: [QueuedEvent], _ reason: ClientLoss.Reason, _ message: String) {
    guard !events.isEmpty else { return }
    settings.onLoss?(ClientLoss(reason: reason, ids: events.map(\.id), message: message))
  }
}

/// Why a client cannot be made.
public struct ClientSettingsError: Error, Equatable, CustomStringConvertible {
  public let description: String
}
