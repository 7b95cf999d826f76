/// The number of a snapshot; a later one has a greater number.
public struct SnapshotID: Sendable, Hashable, Comparable, CustomStringConvertible {
  public let number: UInt64

  public init(number: UInt64) {
    self.number = number
  }

  /// Reads what a user types: digits, with or without the zeros in front.
  public init?(_ text: some StringProtocol) {
    guard !text.isEmpty, text.utf8.count <= 18, text.utf8.allSatisfy({ (0x30...0x39) ~= $0 }),
      let number = UInt64(text)
    else { return nil }
    self.number = number
  }

  /// Ten digits, which is also the name of its folder.
  public var description: String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 10 - digits.count)) + digits
  }

  public static func < (left: Self, right: Self) -> Bool { left.number < right.number }

  /// The snapshot of a folder's name; `nil` for other folders.
  init?(folderName: String) {
    guard let id = SnapshotID(folderName), id.description == folderName else { return nil }
    self = id
  }
}
