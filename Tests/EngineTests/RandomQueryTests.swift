import ColumnStore
import Engine
import EngineTesting
import Foundation
import Testing

/// `DAYBOOK_RANDOM_SEEDS=1000` looks at more databases than a test run has time for.
private let seedCount =
  ProcessInfo.processInfo.environment["DAYBOOK_RANDOM_SEEDS"].flatMap { UInt64($0) } ?? 25

@Suite struct `Random queries` {
  /// The reference is slow: the big table is asked less.
  @Test(arguments: UInt64(0)..<seedCount)
  func `agree with the row-at-a-time reference, whatever the number of threads`(
    seed: UInt64
  ) throws {
    let isBig = seed % 12 == 11
    let database = try RandomDatabase(seed: seed, hasBigTable: isBig)
    let engine = Engine(store: database.store, threads: 2)
    let reference = ReferenceEngine(database.store.catalog())
    var queries = RandomQueries(database, seed: seed)
    for _ in 0..<(isBig ? 5 : 22) {
      let query = queries.next()
      let answer = Answer(query.sql, engine: engine, threads: 1)
      let difference = answer.difference(
        from: try Answer(query.sql, reference: reference), isOrdered: query.isOrdered)
      #expect(difference == nil, "\(query.sql)")
      let parallel = Answer(query.sql, engine: engine, threads: 2)
      #expect(
        parallel.difference(from: answer, isOrdered: true, isExact: true) == nil,
        "with 2 threads: \(query.sql)")
    }
  }

  /// Which error a query dies of, where rows die of several, is left open.
  @Test(arguments: UInt64(0)..<seedCount)
  func `fail where the reference fails, and only there`(seed: UInt64) throws {
    let database = try RandomDatabase(seed: seed, hasBigTable: false)
    let engine = Engine(store: database.store, threads: 2)
    let reference = ReferenceEngine(database.store.catalog())
    var queries = RandomQueries(database, seed: seed)
    for _ in 0..<20 {
      let query = queries.risky()
      let answer = Answer(query.sql, engine: engine)
      let expected = try Answer(query.sql, reference: reference)
      if case .failure(let code) = answer, case .failure(let expectedCode) = expected {
        #expect(Set([code, expectedCode]).isSubset(of: ["22003", "22012"]), "\(query.sql)")
      } else {
        let difference = answer.difference(from: expected, isOrdered: query.isOrdered)
        #expect(difference == nil, "\(query.sql)")
      }
    }
  }
}
