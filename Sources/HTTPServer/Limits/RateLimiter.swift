internal import AccessControl
internal import Synchronization

/// A token bucket per name, for names that callers choose: its memory is bounded.
///
/// A bucket is one number, the time at which it will be full again (the generic cell rate algorithm). A
/// name that has not been seen for a while is forgotten, which fills its bucket; names of two generations
/// are remembered, so that those that are used stay.
package final class RateLimiter: Sendable {
  /// Of one generation.
  package static let largestCount = 16_384

  private struct Buckets {
    /// Nanoseconds of the clock at which a bucket is full.
    var young: [ExactText: Int64] = [:]
    var old: [ExactText: Int64] = [:]
  }

  private let perSecond: Int128
  private let tolerance: Int64
  private let buckets = Mutex(Buckets())

  /// `nil` for a rate of 0: no limit.
  package init?(perSecond: Int, burst: Int) {
    guard perSecond > 0 else { return nil }
    self.perSecond = Int128(perSecond)
    tolerance = Self.nanoseconds(max(burst, 1) - 1, Int128(perSecond))
  }

  /// How long so many tokens take to come, at most 36 days. Divided last: what is left over of a token's own
  /// time is much where there are many of them in a microsecond.
  private static func nanoseconds(_ count: Int, _ perSecond: Int128) -> Int64 {
    Int64(clamping: min(Int128(count) * 1_000_000_000 / perSecond, 1 << 51))
  }

  /// Takes one token of the bucket called `name` at `now` (nanoseconds of a clock that does not go back).
  /// `nil` where there was one; otherwise for how many seconds to wait.
  package func take(_ name: String, at now: Int64) -> Int? {
    let name = ExactText(name)
    return buckets.withLock { buckets in
      let full = max(buckets.young[name] ?? buckets.old[name] ?? now, now)
      let isEmpty = full - now > tolerance
      if buckets.young.count >= Self.largestCount, buckets.young[name] == nil {
        buckets.old = buckets.young
        buckets.young = [:]
      }
      // Also where it is empty: who asks too often must not be forgotten.
      buckets.young[name] = isEmpty ? full : full + Self.nanoseconds(1, perSecond)
      return isEmpty ? Int((full - now - tolerance + 999_999_999) / 1_000_000_000) : nil
    }
  }

  /// For how many seconds to wait until the bucket called `name` has a token again; `nil`: it has one.
  package func wait(_ name: String, at now: Int64) -> Int? {
    let name = ExactText(name)
    return buckets.withLock { buckets in
      let full = buckets.young[name] ?? buckets.old[name] ?? now
      return full - now > tolerance
        ? Int((full - now - tolerance + 999_999_999) / 1_000_000_000) : nil
    }
  }

  /// Takes tokens for what is known only afterwards, more than there are if need be: then the bucket is
  /// empty for longer, but never for more than a minute.
  package func charge(_ name: String, _ count: Int, at now: Int64) {
    let name = ExactText(name)
    buckets.withLock { buckets in
      let full = max(buckets.young[name] ?? buckets.old[name] ?? now, now)
      let most = now + tolerance + 60_000_000_000
      let next = min(most, full + Self.nanoseconds(count, perSecond))
      if buckets.young.count >= Self.largestCount, buckets.young[name] == nil {
        buckets.old = buckets.young
        buckets.young = [:]
      }
      buckets.young[name] = next
    }
  }

  /// How many names are remembered.
  package var count: Int { buckets.withLock { $0.young.count + $0.old.count } }

  /// What an address is counted as: who has one address of IPv6 has all of its network of 64 bits.
  package static func name(ofAddress address: String) -> String {
    guard address.contains(":") else { return address }
    let groups = address.prefix { $0 != "%" }.split(
      separator: ":", omittingEmptySubsequences: false)
    guard let gap = groups.dropFirst().firstIndex(of: "") else {
      return groups.prefix(4).joined(separator: ":")
    }
    let missing = max(0, 8 - groups.count(where: { !$0.isEmpty }))
    let head = groups[..<gap].filter { !$0.isEmpty } + Array(repeating: "0", count: missing)
    let tail = groups[gap...].filter { !$0.isEmpty }
    return (head + tail).prefix(4).joined(separator: ":")
  }
}
