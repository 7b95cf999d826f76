extension TimeZoneRules {
  /// The instant at which a bucket of wall clocks begins, for a moment in it. `start` is what clocks show
  /// at the start of the bucket, `offset` that of the moment.
  ///
  /// An hour that clocks show twice is two buckets: the start has the moment's offset, where that holds
  /// there. Where it does not, because clocks changed within the bucket, the bucket began before the
  /// change, or with it if clocks jumped over the start.
  public func instant(
    ofBucketStart start: Int64, atOffset offset: Int64
  ) -> Int64 {
    let near = start &- offset
    if self.offset(atInstant: near) == offset { return near }
    let instant = instant(fromLocal: start)
    return local(fromInstant: instant) == start ? instant : range(atInstant: instant).from
  }
}
