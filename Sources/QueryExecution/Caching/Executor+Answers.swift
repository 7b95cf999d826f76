import ColumnStore
public import QueryLanguage
public import QueryPlanning
import Synchronization

extension Executor {
  /// The result's batches, in order.
  ///
  /// Where nothing that the plan reads has changed since it was asked, they are those of that time.
  public func run(_ plan: Plan) throws(QueryError) -> [Batch] {
    let scope = QueryScope(
      cancellation: context.cancellation, memory: context.memory, pseudonyms: context.pseudonyms)
    return try scope.enter { () throws(QueryError) in
      // The memory of an answer is the business of whoever asked.
      try answer(plan).map { Batch(rowCount: $0.rowCount, columns: $0.columns) }
    }
  }

  private func answer(_ plan: Plan) throws(QueryError) -> [Batch] {
    var id = 0
    // Whoever asks for a profile wants to see the operators at work.
    guard let cache = context.cache, context.profile == nil else { return try rows(plan, &id) }
    var segments: [Segment] = []
    guard let fingerprint = try PlanFingerprint(plan, context, &segments) else {
      return try rows(plan, &id)
    }
    if let known = cache.answer(fingerprint) {
      context.counters.segmentsCached.add(segments.count, ordering: .relaxed)
      context.counters.wholeAnswerKnown.store(true, ordering: .relaxed)
      return known
    }
    let answer = try rows(plan, &id)
    cache.keep(
      answer.map { Batch(rowCount: $0.rowCount, columns: $0.columns) }, for: fingerprint,
      segments: segments)
    return answer
  }
}
