import AccessControl
import ColumnStore
import Engine
import Platform
import QueryPlanning
import Synchronization
import Testing

/// A moment that the tests call now: 2026-01-15 12:00 UTC.
let noon = UnixTime(milliseconds: 1_768_478_400_000)

/// 1, 2, 3, ...
final class Counter: Sendable {
  private let value = Atomic<UInt64>(0)
  func next() -> UInt64 { value.add(1, ordering: .relaxed).newValue }
}

/// A clock that a test sets.
final class TestClock: Sendable {
  private let time = Mutex(noon)
  var now: UnixTime { time.withLock { $0 } }
  func advance(by duration: Duration) { time.withLock { $0 = $0.advanced(by: duration) } }
}

extension Engine {
  @discardableResult
  func run(_ statement: String, _ parameters: [Value] = []) throws -> [[Value]] {
    var session = Session()
    session.access = .unrestricted
    return try execute(statement, parameters: parameters, in: &session).rows
  }

  /// An engine with the built-in tables.
  static func withBuiltInTables() throws -> Engine {
    let engine = Engine(threads: 1)
    try SchemaMigration(engine).run(at: noon)
    return engine
  }
}
