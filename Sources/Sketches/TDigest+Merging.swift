extension TDigest {
  /// Merges ascending finite values, each counting once, into the centroids: one pass over both.
  ///
  /// Values are not looked at one by one. Up to the next old centroid and up to the size limit
  /// of the new one they form a piece, found by galloping and summed in a straight loop.
  mutating func absorb(sortedRun values: UnsafeBufferPointer<Double>) {
    guard let next = values.baseAddress, !values.isEmpty else { return }
    let total = min(centroidCount + values.count, Centroid.largestCount)
    let rule = CentroidSizeRule(total: total, compression: compression)
    let capacity = min(
      centroids.count + values.count, Centroid.limit(compression: compression))
    let merged = centroids.withUnsafeBufferPointer { old in
      [Centroid](unsafeUninitializedCapacity: capacity) { output, outputCount in
        var (oldIndex, index, before) = (0, 0, 0)
        while oldIndex < old.count || index < values.count {
          // The last place takes all that is left: the count of centroids is bounded for certain.
          let limit = outputCount == capacity - 1 ? Int.max : rule.largestCount(after: before)
          var builder = CentroidBuilder()
          while true {
            let bound = oldIndex < old.count ? old[oldIndex].mean : .infinity
            // Not `<=`: a NaN that slipped in is taken, it cannot stop the loop.
            if index < values.count && !(next[index] > bound) {
              let room = min(limit &- builder.count, values.count &- index)
              if room <= 0 { break }
              let piece = Self.count(of: next + index, upTo: bound, limit: room)
              builder.add(next + index, count: piece)
              index &+= piece
            } else if oldIndex < old.count {
              let candidate = old[oldIndex]
              if builder.count > 0 && candidate.count > limit &- builder.count { break }
              builder.add(candidate)
              oldIndex &+= 1
            } else {
              break
            }
          }
          output.initializeElement(at: outputCount, to: builder.finish())
          outputCount += 1
          before &+= builder.count
        }
      }
    }
    centroids = merged
    centroidCount = total
  }

  /// How many of the first `limit` ascending values are at most `bound`; the first one is.
  ///
  /// Steps double, then bisection: short pieces, the rule where runs are short, end soon.
  @inline(__always)
  private static func count(
    of values: UnsafePointer<Double>, upTo bound: Double, limit: Int
  ) -> Int {
    if !(values[limit &- 1] > bound) { return limit }
    var (within, beyond) = (0, 1)
    while beyond < limit && values[beyond] <= bound {
      within = beyond
      beyond &*= 2
    }
    beyond = min(beyond, limit &- 1)
    while beyond &- within > 1 {
      let middle = (within &+ beyond) / 2
      if values[middle] <= bound { within = middle } else { beyond = middle }
    }
    return within &+ 1
  }

  /// Merges centroids, ascending by mean, into the centroids: one pass over both.
  mutating func absorb(_ run: [Centroid]) {
    if run.isEmpty { return }
    let total = run.reduce(centroidCount) { min($0 + $1.count, Centroid.largestCount) }
    let rule = CentroidSizeRule(total: total, compression: compression)
    let capacity = min(centroids.count + run.count, Centroid.limit(compression: compression))
    var merged: [Centroid] = []
    merged.reserveCapacity(capacity)
    var (oldIndex, index, before) = (0, 0, 0)
    var builder = CentroidBuilder()
    var limit = rule.largestCount(after: 0)
    while oldIndex < centroids.count || index < run.count {
      let takesRun =
        oldIndex == centroids.count
        || index < run.count && run[index].mean <= centroids[oldIndex].mean
      let candidate = takesRun ? run[index] : centroids[oldIndex]
      if builder.count > 0 && candidate.count > limit &- builder.count {
        merged.append(builder.finish())
        before &+= builder.count
        builder = CentroidBuilder()
        limit = merged.count == capacity - 1 ? Int.max : rule.largestCount(after: before)
      }
      builder.add(candidate)
      if takesRun { index += 1 } else { oldIndex += 1 }
    }
    merged.append(builder.finish())
    centroids = merged
    centroidCount = total
  }
}
