internal import Glibc
internal import Persistence

/// What is on a simulated disk: files and names, each as they are and as far as they are durable.
public struct DiskImage: Sendable {
  enum Change: Sendable {
    case write(offset: Int, bytes: [UInt8])
    case truncate(Int)
  }

  enum NameChange: Sendable {
    case set(String, Int)
    case remove(String)
    /// Both names at once, as a rename is.
    case move(from: String, to: String, Int)
  }

  struct Node: Sendable {
    var isFolder = false
    var content: [UInt8] = []
    var durable: [UInt8] = []
    /// What was done to the content since the last sync, in order.
    var changes: [Change] = []
    var names: [String: Int] = [:]
    var durableNames: [String: Int] = [:]
    var nameChanges: [NameChange] = []
  }

  /// Nodes are never removed; 0 is the folder "/".
  var nodes = [Node(isFolder: true)]

  public init() {}

  public var byteCount: Int { nodes.reduce(0) { $0 + $1.content.count } }

  // MARK: - Names

  private static func split(_ path: String) -> [String] {
    path.split(separator: "/").filter { $0 != "." }.map(String.init)
  }

  private func find(_ parts: some Sequence<String>) -> Int? {
    var number = 0
    for part in parts {
      guard let next = nodes[number].names[part] else { return nil }
      number = next
    }
    return number
  }

  private func place(_ path: String) throws(Refusal) -> (folder: Int, name: String) {
    let parts = Self.split(path)
    guard let name = parts.last, let folder = find(parts.dropLast()) else {
      throw Refusal(code: ENOENT)
    }
    guard nodes[folder].isFolder else { throw Refusal(code: ENOTDIR) }
    return (folder, name)
  }

  func file(_ path: String) -> Node? {
    find(Self.split(path)).map { nodes[$0] }.flatMap { $0.isFolder ? nil : $0 }
  }

  func kind(_ path: String) -> FileKind? {
    find(Self.split(path)).map { nodes[$0].isFolder ? .folder : .file }
  }

  public var paths: [String] {
    func list(_ number: Int, _ path: String) -> [String] {
      nodes[number].names.sorted { $0.key < $1.key }.flatMap { name, child in
        nodes[child].isFolder ? list(child, path + "/" + name) : [path + "/" + name]
      }
    }
    return list(0, "")
  }

  func number(_ path: String) throws(Refusal) -> Int {
    guard let number = find(Self.split(path)) else { throw Refusal(code: ENOENT) }
    guard !nodes[number].isFolder else { throw Refusal(code: EISDIR) }
    return number
  }

  func names(_ path: String) throws(Refusal) -> [String] {
    guard let number = find(Self.split(path)) else { throw Refusal(code: ENOENT) }
    guard nodes[number].isFolder else { throw Refusal(code: ENOTDIR) }
    return nodes[number].names.keys.sorted()
  }

  private mutating func add(_ node: Node, _ path: String) throws(Refusal) -> Int {
    let (folder, name) = try place(path)
    guard nodes[folder].names[name] == nil else { throw Refusal(code: EEXIST) }
    nodes.append(node)
    nodes[folder].names[name] = nodes.count - 1
    nodes[folder].nameChanges.append(.set(name, nodes.count - 1))
    return nodes.count - 1
  }

  mutating func create(_ path: String) throws(Refusal) -> Int {
    try add(Node(), path)
  }

  mutating func makeFolder(_ path: String) throws(Refusal) {
    _ = try add(Node(isFolder: true), path)
  }

  mutating func link(_ path: String, _ target: String) throws(Refusal) {
    let number = try number(path)
    let (folder, name) = try place(target)
    guard nodes[folder].names[name] == nil else { throw Refusal(code: EEXIST) }
    nodes[folder].names[name] = number
    nodes[folder].nameChanges.append(.set(name, number))
  }

  mutating func rename(_ path: String, _ target: String) throws(Refusal) {
    let (folder, name) = try place(path)
    let (newFolder, newName) = try place(target)
    guard let number = nodes[folder].names[name] else { throw Refusal(code: ENOENT) }
    precondition(folder == newFolder, "names move within one folder here")
    if let old = nodes[folder].names[newName], nodes[old].isFolder, !nodes[old].names.isEmpty {
      throw Refusal(code: ENOTEMPTY)
    }
    nodes[folder].names[name] = nil
    nodes[folder].names[newName] = number
    nodes[folder].nameChanges.append(.move(from: name, to: newName, number))
  }

  mutating func remove(_ path: String) throws(Refusal) {
    let (folder, name) = try place(path)
    guard let number = nodes[folder].names[name] else { throw Refusal(code: ENOENT) }
    guard nodes[number].names.isEmpty else { throw Refusal(code: ENOTEMPTY) }
    nodes[folder].names[name] = nil
    nodes[folder].nameChanges.append(.remove(name))
  }

  mutating func synchronizeFolder(_ path: String) throws(Refusal) {
    guard let number = find(Self.split(path)) else { throw Refusal(code: ENOENT) }
    nodes[number].durableNames = nodes[number].names
    nodes[number].nameChanges = []
  }

  // MARK: - Content

  func content(_ number: Int) -> [UInt8] { nodes[number].content }

  mutating func write(_ bytes: [UInt8], _ number: Int, at offset: Int) {
    let change = Change.write(offset: offset, bytes: bytes)
    change.apply(to: &nodes[number].content)
    nodes[number].changes.append(change)
  }

  mutating func truncate(_ number: Int, to byteCount: Int) {
    let change = Change.truncate(byteCount)
    change.apply(to: &nodes[number].content)
    nodes[number].changes.append(change)
  }

  /// Only what changed since the last sync is written: what a failed one forgot is not.
  mutating func synchronize(_ number: Int) {
    for change in nodes[number].changes { change.apply(to: &nodes[number].durable) }
    nodes[number].changes = []
  }

  mutating func forgetUnsynced(_ path: String) {
    guard let number = find(Self.split(path)) else { return }
    nodes[number].changes = []
  }

  mutating func put(_ bytes: [UInt8]?, _ path: String) {
    let parts = Self.split(path)
    guard let name = parts.last, let folder = find(parts.dropLast()) else { return }
    guard let bytes else {
      nodes[folder].names[name] = nil
      nodes[folder].durableNames[name] = nil
      return
    }
    nodes.append(Node(content: bytes, durable: bytes))
    nodes[folder].names[name] = nodes.count - 1
    nodes[folder].durableNames[name] = nodes.count - 1
  }
}

extension DiskImage.Change {
  func apply(to content: inout [UInt8]) {
    switch self {
    case .write(let offset, let bytes):
      let end = offset + bytes.count
      // A hole reads as zeros.
      if content.count < end { content += Array(repeating: 0, count: end - content.count) }
      content.replaceSubrange(offset..<end, with: bytes)
    case .truncate(let byteCount):
      if content.count > byteCount { content.removeLast(content.count - byteCount) }
      if content.count < byteCount {
        content += Array(repeating: 0, count: byteCount - content.count)
      }
    }
  }
}
