/// The body of a request with records, as it came, with its room in the queue.
package final class RecordBody: Sendable {
  private let bytes: [UInt8]
  private let isCompressed: Bool
  package let room: RecordRoom

  package init(_ bytes: [UInt8], isCompressed: Bool, _ room: RecordRoom) {
    self.bytes = bytes
    self.isCompressed = isCompressed
    self.room = room
  }

  /// The records. To be called where it may take a while.
  package func content(upTo limit: Int) throws(Problem) -> [UInt8] {
    guard isCompressed else { return bytes }
    return try GzipExpansion(limit: limit, room).expand(bytes)
  }
}
