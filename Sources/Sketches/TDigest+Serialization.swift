// A t-digest as bytes, version 1. Integers are little-endian, doubles are their bit patterns.
//
//   offset  bytes  field
//        0      4  magic "DBTD"
//        4      1  version, 1
//        5      1  reserved, 0
//        6      2  compression, 20 to 1000
//        8      4  count of centroids, 0 to 2 * compression + 16
//       12      8  count of values -infinity
//       20      8  count of values +infinity
//       28      8  smallest finite value, 0 without centroids
//       36      8  largest finite value, 0 without centroids
//       44   16 n  centroids, never descending by mean:
//                    8  mean, finite
//                    8  2 * count, + 1 where the values differ; count at least 1, or 2 then
//        .      4  checksum: the low 32 bits of XXH3-64 over all bytes before it
//
// All counts together are at most 2^50.

private let magic: StaticString = "DBTD"
private let version: UInt8 = 1

extension TDigest {
  /// The digest as bytes, readable by this and every later release.
  public func encoded() -> [UInt8] {
    let digest = compressed()
    let centroids = digest.centroids
    var writer = SketchWriter(
      magic: magic, version: version, byteCount: 48 + 16 * centroids.count)
    writer.append(0 as UInt8)
    writer.append(UInt16(compression))
    writer.append(UInt32(centroids.count))
    writer.append(UInt64(truncatingIfNeeded: negativeInfinityCount))
    writer.append(UInt64(truncatingIfNeeded: positiveInfinityCount))
    writer.append(centroids.isEmpty ? 0 : finiteMinimum)
    writer.append(centroids.isEmpty ? 0 : finiteMaximum)
    for centroid in centroids {
      writer.append(centroid.mean)
      writer.append(centroid.tag)
    }
    return writer.finish()
  }

  public init(decoding bytes: [UInt8]) throws(SketchDecodingError) {
    try self.init(decoding: bytes.span.bytes)
  }

  /// Reads what `encoded()` wrote; foreign bytes are refused with the reason and the place.
  public init(decoding bytes: RawSpan) throws(SketchDecodingError) {
    var reader = try SketchReader(bytes, sketch: "t-digest", magic: magic, version: version)
    guard try reader.read(UInt8.self, from: bytes) == 0 else {
      throw reader.invalid("the reserved byte is not 0")
    }
    let compression = Int(try reader.read(UInt16.self, from: bytes))
    guard Self.compressions.contains(compression) else {
      throw reader.invalid("compression \(compression) is not 20 to 1000")
    }
    self.init(compression: compression)
    let count = Int(try reader.read(UInt32.self, from: bytes))
    guard count <= Centroid.limit(compression: compression) else {
      throw reader.invalid("\(count) centroids are more than compression \(compression) keeps")
    }
    negativeInfinityCount = try Self.readCount(from: bytes, &reader)
    positiveInfinityCount = try Self.readCount(from: bytes, &reader)
    let minimum = try reader.readDouble(from: bytes)
    let maximum = try reader.readDouble(from: bytes)
    try reader.expect(count: count, stride: 16)
    try readCentroids(count: count, from: bytes, &reader)
    try adoptBounds(minimum, maximum, reader)
  }

  private static func readCount(
    from bytes: RawSpan, _ reader: inout SketchReader
  ) throws(SketchDecodingError) -> Int {
    guard let count = Int(exactly: try reader.read(UInt64.self, from: bytes)),
      count <= Centroid.largestCount
    else { throw reader.invalid("a count is above 2^50") }
    return count
  }

  private mutating func readCentroids(
    count: Int, from bytes: RawSpan, _ reader: inout SketchReader
  ) throws(SketchDecodingError) {
    centroids.reserveCapacity(count)
    for _ in 0..<count {
      let mean = try reader.readDouble(from: bytes)
      guard mean.isFinite else { throw reader.invalid("a mean is not finite") }
      if let last = centroids.last, last.mean > mean {
        throw reader.invalid("the means descend")
      }
      let centroid = Centroid(mean: mean, tag: try reader.read(UInt64.self, from: bytes))
      guard centroid.count >= (centroid.isMixed ? 2 : 1), centroid.count <= Centroid.largestCount
      else {
        throw reader.invalid("a centroid's count is impossible")
      }
      // No overflow: at most 2016 centroids and two counts of at most 2^50 each.
      centroidCount += centroid.count
      centroids.append(centroid)
    }
    guard self.count <= Centroid.largestCount else {
      throw reader.invalid("the counts exceed 2^50")
    }
  }

  /// The bounds enclose the means, and are those of the outer centroids where these are exact.
  private mutating func adoptBounds(
    _ minimum: Double, _ maximum: Double, _ reader: borrowing SketchReader
  ) throws(SketchDecodingError) {
    guard let first = centroids.first, let last = centroids.last else {
      guard minimum.bitPattern == 0, maximum.bitPattern == 0 else {
        throw reader.invalid("bounds without values")
      }
      return
    }
    guard minimum.isFinite, maximum.isFinite,
      first.isMixed ? minimum <= first.mean : minimum == first.mean,
      last.isMixed ? maximum >= last.mean : maximum == last.mean
    else { throw reader.invalid("the bounds do not enclose the means") }
    finiteMinimum = minimum
    finiteMaximum = maximum
  }
}
