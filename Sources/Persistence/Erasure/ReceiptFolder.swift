/// The receipts of a data folder: `erasures/ID.json`, one per erasure that is finished.
struct ReceiptFolder: Sendable {
  let path: String
  let files: any FileSystem

  private static let ending = ".json"
  private static let newEnding = ".new"

  private func file(_ id: String) -> String { path + "/" + id + Self.ending }

  func has(_ id: String) throws(PersistenceError) -> Bool { try files.exists(file(id)) }

  /// Durable when it returns.
  func write(_ receipt: ErasureReceipt) throws(PersistenceError) {
    try files.makeFolders(path)
    let new = file(receipt.id) + Self.newEnding
    if try files.exists(new) { try files.remove(new) }
    try receipt.json.checkedBytes().withUnsafeBytesTyped { (bytes) throws(PersistenceError) in
      try files.writeFile(bytes, to: new)
    }
    try files.rename(new, to: file(receipt.id))
    try files.synchronizeFolder(path)
  }

  /// All of them, the oldest first.
  func all() throws(PersistenceError) -> [ErasureReceipt] {
    guard try files.exists(path) else { return [] }
    var receipts: [ErasureReceipt] = []
    for name in try files.names(in: path) where name.hasSuffix(Self.ending) {
      let file = path + "/" + name
      let bytes = try files.readFile(file)
      let json: JSONText
      do throws(JSONText.Mistake) { json = try JSONText(checking: bytes) } catch {
        throw .damaged(file: file, offset: error.offset, reason: error.reason)
      }
      guard let receipt = ErasureReceipt(json) else {
        throw .damaged(file: file, offset: 0, reason: "not the receipt of an erasure")
      }
      receipts.append(receipt)
    }
    return receipts.sorted { ($0.time, $0.id) < ($1.time, $1.id) }
  }
}
