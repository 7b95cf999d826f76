internal import Glibc

/// All that durability asks of the world: files, time and chance. A test gives its own.
public struct DiskEnvironment: Sendable {
  public var files: any FileSystem
  /// Time since some moment; it never goes back.
  public var now: @Sendable () -> Duration
  /// Any 64 bits.
  public var random: @Sendable () -> UInt64
  /// The clock on the wall: milliseconds since 1970-01-01 UTC.
  public var time: @Sendable () -> Int64 = DiskEnvironment.systemTime
  /// Returns after that time.
  public var sleep: @Sendable (Duration) -> Void = DiskEnvironment.pause

  public init(
    files: any FileSystem, now: @escaping @Sendable () -> Duration,
    random: @escaping @Sendable () -> UInt64
  ) {
    self.files = files
    self.now = now
    self.random = random
  }

  private static let pause: @Sendable (Duration) -> Void = { duration in
    let nanoseconds = Int(duration / .nanoseconds(1))
    var time = timespec(
      tv_sec: nanoseconds / 1_000_000_000, tv_nsec: nanoseconds % 1_000_000_000)
    nanosleep(&time, nil)
  }

  /// The machine that this runs on.
  public static let real = DiskEnvironment(
    files: RealFileSystem(),
    now: {
      var time = timespec()
      clock_gettime(CLOCK_MONOTONIC, &time)
      return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    },
    random: { UInt64.random(in: .min ... .max) })

  /// The clock on the wall: milliseconds since 1970-01-01 UTC.
  public static let systemTime: @Sendable () -> Int64 = {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }
}
