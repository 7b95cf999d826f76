extension Segment {
  /// The same rows in the same places, in the encodings of a sealed segment; one that is open for
  /// more rows stays so. May add texts to the dictionaries that they have lacked so far.
  package func encoded(
    schema: TableSchema, dictionaries: [String: TextDictionary]
  ) throws(DamagedChunk) -> Segment {
    guard !isSealed else { return self }
    let never = schema.columns.map { _ in false }
    let tail = try Tail(
      reopening: self, dictionaries: schema.columns.map { dictionaries[$0.domain] }, plain: never)
    return Segment(
      rowCount: rowCount, chunks: tail.sealed(plain: never).chunks, isSealed: false,
      live: live)
  }
}
