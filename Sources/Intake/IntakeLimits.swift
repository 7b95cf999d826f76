/// What is taken at most, and what time may be.
public struct IntakeLimits: Sendable, Equatable {
  /// Of a whole body, after decompression. Below what one record of the journal may hold: a batch must
  /// not cost a snapshot.
  public var bodyByteCount = 4 << 20
  public var recordCount = 10_000
  public var recordByteCount = 64 << 10
  /// Arrays and objects within each other, the batch's own included.
  public var depth = 8
  /// How far the clock of an emitter may be ahead.
  public var futureSeconds = 600
  /// Records that are older are refused: each day is a partition.
  public var pastDays = 400
  /// How long the id of a record is remembered.
  public var idHours = 72
  /// Ids that are remembered at most; past that the oldest hours are forgotten early.
  public var idCount = 20_000_000
  /// `Idempotency-Key`s that are remembered at most.
  public var batchKeyCount = 100_000

  public init() {}
}
