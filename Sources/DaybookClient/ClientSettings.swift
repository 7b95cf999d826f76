/// Where a client sends to, and how much it keeps meanwhile.
public struct ClientSettings: Sendable {
  /// What becomes of a record for which there is no room.
  public enum Overflow: Sendable {
    /// The oldest record that waits goes: the newest are there when the service is back.
    case dropOldest
    /// The record that came last goes: what waits stays complete up to some moment.
    case dropNewest
  }

  /// Of the service: `https://daybook.example.org`, with a path where a proxy adds one.
  public var url: String
  /// An emitter key for the kinds of records that are sent: `dbk_...`. Never shown by `description`.
  public var key: String
  /// A batch is sent when it has so many records, ...
  public var batchRecordCount = 500
  /// ... or so many bytes, ...
  public var batchByteCount = 256 << 10
  /// ... or when its first record has waited for so long.
  public var batchInterval = Duration.seconds(2)
  /// What waits and what is being sent, together.
  public var queueRecordCount = 20_000
  /// Of the records as JSON; some 150 bytes more per record are needed around them.
  public var queueByteCount = 16 << 20
  public var overflow = Overflow.dropOldest
  /// The service refuses records that are larger.
  public var recordByteCount = 64 << 10
  /// Before the first retry; doubled for each one after it.
  public var firstRetryDelay = Duration.milliseconds(500)
  public var longestRetryDelay = Duration.seconds(60)
  /// What could not be sent for so long is dropped. It must be shorter than the service remembers ids
  /// (72 hours): a record that comes again after that is stored twice.
  public var longestAge = Duration.seconds(24 * 3600)
  /// Of one request, from its start to the whole answer.
  public var requestTimeout = Duration.seconds(30)
  /// How long `stop` may go on sending what waits.
  public var drainLimit = Duration.seconds(5)
  /// Called by the delivering task, never by `emit`: keep it short.
  public var onLoss: (@Sendable (ClientLoss) -> Void)?

  public init(url: String, key: String) {
    self.url = url
    self.key = key
  }
}

extension ClientSettings: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "ClientSettings(url: \(url), key: (hidden))" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: ["url": url]) }
}

/// Records that will not be stored, and why.
public struct ClientLoss: Sendable, Equatable {
  public enum Reason: Sendable, Equatable {
    /// The service refused one record: its code, as `unknown_event_type`.
    case record(code: String)
    /// The service refused the batch: the status of its answer.
    case batch(status: Int)
    /// They could not be sent for longer than `longestAge`.
    case expired
    /// The client stopped before they could be sent.
    case stopped
  }

  public var reason: Reason
  /// Their `client_event_id`s.
  public var ids: [String]
  /// What the service said; never a value of a record.
  public var message: String
}

/// What became of all that was emitted. At every moment
/// `emitted == accepted + duplicates + ignored + refused + dropped + pending`.
public struct ClientCounts: Sendable, Equatable {
  public internal(set) var emitted = 0
  /// Stored, and on the service's disk.
  public internal(set) var accepted = 0
  /// Stored before: an answer was lost, and the record was sent again.
  public internal(set) var duplicates = 0
  /// Messages of sessions: too soon after another one, or of a session that is unknown or over.
  public internal(set) var ignored = 0
  /// The service will not have them.
  public internal(set) var refused = 0
  /// No room, too large, too old, or left at the stop.
  public internal(set) var dropped = 0
  /// They wait, or are being sent.
  public internal(set) var pending = 0
  /// Of those, as JSON.
  public internal(set) var pendingByteCount = 0
  /// Requests, retries included.
  public internal(set) var requests = 0
  public internal(set) var retries = 0
}
