/// How much the service takes from its callers.
package struct ServiceLimits: Sendable {
  /// A connection on which nothing is asked, or whose head of a request does not come to its end, is
  /// closed after this.
  package var idleTimeout = Duration.seconds(15)
  /// How long a body may take in all, not counting when we did not read.
  package var bodyTimeout = Duration.seconds(60)
  /// From when on a body must have come at the least rate.
  package var bodyGrace = Duration.seconds(5)
  /// In bytes per second, on average.
  package var leastBodyRate = 512
  /// How long a caller may leave us waiting to send more.
  package var writeTimeout = Duration.seconds(30)
  package var largestHeaderFieldByteCount = 8192
  package var largestHeaderByteCount = 16384
  package var largestHeaderCount = 64
  package var largestConnectionCount = 4096
  /// How long requests in flight may take when the service is told to stop.
  package var drainTimeout = Duration.seconds(20)
  /// Names by which the service may be asked for; empty: any.
  package var allowedHosts: Set<String> = []
  package var workThreadCount = 4
  package var largestWaitingCount = 64

  package init() {}
}
