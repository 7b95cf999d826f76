internal import Glibc
package import ServiceSetup

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
  /// Of one principal, and of one address; 0: any number.
  package var requestsPerSecond = 0
  package var requestBurst = 1
  package var addressRequestsPerSecond = 0
  package var addressRequestBurst = 1
  package var workThreadCount = 4
  package var largestWaitingCount = 64
  /// Streams of live counters: of all, and of one principal.
  package var largestStreamCount = 256
  package var largestStreamCountPerCaller = 8
  /// How often streams are told of what is new.
  package var liveInterval = Duration.milliseconds(250)
  /// A stream on which nothing was said for so long says that it is there.
  package var liveHeartbeat = Duration.seconds(15)

  package init() {}

  package init(_ configuration: ServiceConfiguration) {
    func number(_ key: String, _ fallback: Int) -> Int { configuration.integer(key) ?? fallback }
    idleTimeout = .seconds(number("http.idle_seconds", 15))
    bodyTimeout = .seconds(number("http.body_seconds", 60))
    bodyGrace = min(.seconds(5), bodyTimeout)
    leastBodyRate = number("http.least_body_rate", leastBodyRate)
    writeTimeout = .seconds(number("http.write_seconds", 30))
    drainTimeout = .seconds(number("http.drain_seconds", 20))
    largestConnectionCount = number("http.connections", largestConnectionCount)
    allowedHosts = Set(configuration.list("http.allowed_hosts").map { $0.lowercased() })
    requestsPerSecond = number("limit.requests_per_second", 0)
    requestBurst = max(1, requestsPerSecond * 2)
    addressRequestsPerSecond = number("limit.address_requests_per_second", 0)
    addressRequestBurst = max(1, addressRequestsPerSecond * 2)
    workThreadCount = number("engine.concurrent_statements", workThreadCount)
    largestWaitingCount = workThreadCount * 16
    largestStreamCount = number("live.streams", largestStreamCount)
    largestStreamCountPerCaller = number("live.streams_per_caller", largestStreamCountPerCaller)
  }

  /// Lets the process open as many files as it may, and takes fewer connections where that is few: the
  /// journal and snapshots need some too.
  package mutating func fitOpenFiles() {
    let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    guard getrlimit(kind, &limit) == 0 else { return }
    if limit.rlim_cur < limit.rlim_max {
      var raised = limit
      raised.rlim_cur = limit.rlim_max
      if setrlimit(kind, &raised) == 0 { limit = raised }
    }
    let spare = Int(clamping: limit.rlim_cur) - 256 - GuardedHTTPChannel.refusingCount
    largestConnectionCount = max(16, min(largestConnectionCount, spare))
  }
}
