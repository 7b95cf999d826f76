package import ServiceSetup

/// What one statement that comes over HTTP may take: when the request does not say, and at most.
package struct QueryLimits: Sendable {
  package var timeoutMilliseconds: Int
  package var longestTimeoutMilliseconds: Int
  package var rowCount: Int
  package var largestRowCount: Int
  package var largestMemory: Int
  /// Statements of one caller that run or wait at once.
  package var largestConcurrency: Int

  package init(_ configuration: ServiceConfiguration) {
    func integer(_ key: String, _ fallback: Int) -> Int { configuration.integer(key) ?? fallback }
    longestTimeoutMilliseconds = integer("query.longest_timeout_ms", 300_000)
    timeoutMilliseconds = min(integer("query.timeout_ms", 30_000), longestTimeoutMilliseconds)
    largestRowCount = integer("query.largest_row_count", 1_000_000)
    rowCount = min(integer("query.row_count", 100_000), largestRowCount)
    largestMemory = integer("query.largest_memory_bytes", 1 << 30)
    largestConcurrency = integer("query.concurrent_per_caller", 8)
  }
}
