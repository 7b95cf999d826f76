public import ColumnStore
public import Engine
import QueryLanguage

/// What a query gave: rows, or why there are none.
public enum Answer: Sendable {
  case rows([[Value]])
  /// PostgreSQL's code of the error.
  case failure(String)

  public init(_ sql: String, engine: Engine, threads: Int? = nil, usesCache: Bool = false) {
    var session = Session()
    session.usesPartialCache = usesCache
    session.threads = threads
    do {
      self = .rows(try engine.execute(sql, in: &session).rows)
    } catch {
      self = .failure(error.code.rawValue)
    }
  }

  public init(_ sql: String, reference: ReferenceEngine) throws {
    do {
      self = .rows(try reference.rows(of: sql))
    } catch let error as QueryError {
      self = .failure(error.code.rawValue)
    }
  }

  /// How what the engine answers differs from the reference, without its cache, or from that with it, on one
  /// thread and on two; `nil`: nowhere.
  public static func difference(of sql: String, on engine: Engine) throws -> String? {
    let expected = try Answer(sql, reference: ReferenceEngine(engine.store.catalog()))
    let cold = Answer(sql, engine: engine)
    if let difference = cold.difference(from: expected, isOrdered: false) { return difference }
    for threads in [1, 2, 2] {
      let known = Answer(sql, engine: engine, threads: threads, usesCache: true)
      if let difference = known.difference(from: cold, isOrdered: true, isExact: true) {
        return "with the cache, on \(threads) threads: \(difference)"
      }
    }
    return nil
  }

  /// The first difference in words; `nil` when there is none. Doubles may differ in their last
  /// digits unless `isExact`; without `isOrdered` only which rows there are counts.
  public func difference(
    from other: Answer, isOrdered: Bool, isExact: Bool = false
  ) -> String? {
    switch (self, other) {
    case (.failure(let code), .failure(let otherCode)):
      return code == otherCode ? nil : "fails with \(code) instead of \(otherCode)"
    case (.failure(let code), .rows): return "fails with \(code)"
    case (.rows, .failure(let code)): return "does not fail with \(code)"
    case (.rows(var rows), .rows(var others)):
      guard rows.count == others.count else {
        return "\(rows.count) rows instead of \(others.count)"
      }
      if !isOrdered {
        rows.sort { Self.order($0, $1) < 0 }
        others.sort { Self.order($0, $1) < 0 }
      }
      for (index, (row, otherRow)) in zip(rows, others).enumerated()
      where !zip(row, otherRow).allSatisfy({ $0.isNearly($1, isExact: isExact) }) {
        return "row \(index): \(Self.text(row)) instead of \(Self.text(otherRow))"
      }
      return nil
    }
  }

  private static func order(_ a: [Value], _ b: [Value]) -> Int {
    for (x, y) in zip(a, b) {
      let order =
        x.isNull || y.isNull ? (x.isNull ? 1 : 0) - (y.isNull ? 1 : 0) : x.order(y)
      if order != 0 { return order }
    }
    return 0
  }

  private static func text(_ row: [Value]) -> String {
    row.map { $0.formatted() }.joined(separator: " | ")
  }
}

extension Value {
  /// Whether it is the same value, text by its bytes; doubles may have been added up in another
  /// order.
  func isNearly(_ other: Value, isExact: Bool) -> Bool {
    switch (self, other) {
    case (.double(let a), .double(let b)):
      if a.bitPattern == b.bitPattern || (a.isNaN && b.isNaN) { return true }
      return !isExact && (a == b || abs(a - b) <= 1e-9 * max(abs(a), abs(b), 1))
    case (.text(let a), .text(let b)), (.json(let a), .json(let b)):
      return a.utf8.elementsEqual(b.utf8)
    case (.array(let a), .array(let b)):
      return a.count == b.count && zip(a, b).allSatisfy { $0.isNearly($1, isExact: isExact) }
    default: return self == other
    }
  }
}
