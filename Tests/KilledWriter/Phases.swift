import Glibc
import Synchronization

/// What a writer is at, in a file that both it and whoever kills it have in memory: it is still there
/// after the kill.
///
/// Sound to share: counts are changed under the lock; the other process reads bytes that it takes for
/// no more than a hint until this one is dead.
final class Phases: @unchecked Sendable {
  /// The numbers are known to `KillTests` too.
  enum Phase: Int {
    case started, recovering, snapshot, rotation, removing, synchronizing, writing
  }

  static let byteCount = 64

  private let memory: UnsafeMutablePointer<UInt8>
  private let lock = Mutex(())

  init?(_ path: String) {
    let descriptor = open(path, O_RDWR)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    guard
      let address = mmap(
        nil, Self.byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0),
      address != MAP_FAILED
    else { return nil }
    memory = address.assumingMemoryBound(to: UInt8.self)
  }

  func begin(_ phase: Phase) { lock.withLock { _ in memory[phase.rawValue] &+= 1 } }

  func end(_ phase: Phase) {
    lock.withLock { _ in
      if memory[phase.rawValue] > 0 { memory[phase.rawValue] &-= 1 }
    }
  }

  func during<Result, Failure: Error>(
    _ phase: Phase, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    begin(phase)
    defer { end(phase) }
    return try body()
  }
}
