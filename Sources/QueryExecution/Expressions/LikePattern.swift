import CKernels
import Glibc

/// A LIKE pattern made ready: `%` is any run of characters, `_` one character (Unicode scalar).
struct LikePattern: Sendable {
  private enum Part: Sendable, Equatable {
    case bytes([UInt8])
    case anyCharacter
    case anyRun
  }

  private enum Shape: Sendable {
    case equal([UInt8])
    case prefix([UInt8])
    case suffix([UInt8])
    case contains([UInt8])
    case any
    case general([Part])
  }

  private let shape: Shape

  /// `nil` when the pattern ends in its escape character. `escape` is `nil` for none.
  init?(_ pattern: UnsafeBufferPointer<UInt8>, escape: [UInt8]? = [0x5C]) {
    var parts: [Part] = []
    var open: [UInt8] = []
    func close() {
      if !open.isEmpty { parts.append(.bytes(open)) }
      open = []
    }
    var index = 0
    while index < pattern.count {
      let byte = pattern[index]
      if let escape, !escape.isEmpty, Self.starts(pattern, with: escape, at: index) {
        index += escape.count
        guard index < pattern.count else { return nil }
        // The whole character that follows, which may be the escape itself.
        open.append(pattern[index])
        index += 1
        while index < pattern.count, pattern[index] & 0xC0 == 0x80 {
          open.append(pattern[index])
          index += 1
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "%"):
        close()
        if parts.last != .anyRun { parts.append(.anyRun) }
      case UInt8(ascii: "_"):
        close()
        // `%_` and `_%` are the same: runs go last, so that they are found together.
        if parts.last == .anyRun {
          parts.insert(.anyCharacter, at: parts.count - 1)
        } else {
          parts.append(.anyCharacter)
        }
      default: open.append(byte)
      }
      index += 1
    }
    close()
    shape = Self.shape(parts)
  }

  private static func starts(
    _ pattern: UnsafeBufferPointer<UInt8>, with escape: [UInt8], at index: Int
  ) -> Bool {
    pattern.count - index >= escape.count
      && escape.indices.allSatisfy { pattern[index + $0] == escape[$0] }
  }

  private static func shape(_ parts: [Part]) -> Shape {
    switch parts.count {
    case 0: return .equal([])
    case 1:
      if case .bytes(let bytes) = parts[0] { return .equal(bytes) }
      if parts[0] == .anyRun { return .any }
    case 2:
      if case .bytes(let bytes) = parts[0], parts[1] == .anyRun { return .prefix(bytes) }
      if case .bytes(let bytes) = parts[1], parts[0] == .anyRun { return .suffix(bytes) }
    case 3:
      if case .bytes(let bytes) = parts[1], parts[0] == .anyRun, parts[2] == .anyRun {
        return .contains(bytes)
      }
    default: break
    }
    return .general(parts)
  }

  func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    switch shape {
    case .any: return true
    case .equal(let bytes):
      return bytes.count == text.count && Self.hasBytes(text, bytes, at: 0)
    case .prefix(let bytes):
      return bytes.count <= text.count && Self.hasBytes(text, bytes, at: 0)
    case .suffix(let bytes):
      return bytes.count <= text.count && Self.hasBytes(text, bytes, at: text.count - bytes.count)
    case .contains(let bytes):
      return bytes.withUnsafeBufferPointer { firstIndex(of: $0, in: text, from: 0) } != nil
    case .general(let parts): return Self.matches(text, parts)
    }
  }

  private static func hasBytes(
    _ text: UnsafeBufferPointer<UInt8>, _ bytes: [UInt8], at index: Int
  ) -> Bool {
    if bytes.isEmpty { return true }
    guard let base = text.baseAddress else { return false }
    return memcmp(base + index, bytes, bytes.count) == 0
  }

  /// Greedy with one point of return: the last run decides. What follows a run is searched for, so
  /// time is about that of reading the text; where a part has `_` in it, at most text x pattern.
  private static func matches(_ text: UnsafeBufferPointer<UInt8>, _ parts: [Part]) -> Bool {
    var position = 0
    var part = 0
    var run: (part: Int, position: Int)?
    var work = WorkCounter()
    while true {
      if work.mustStop(after: 4) { return false }
      if part < parts.count {
        switch parts[part] {
        case .anyRun:
          part += 1
          if part == parts.count { return true }
          guard let start = start(of: parts[part], in: text, from: position) else { return false }
          position = start
          run = (part, position)
          continue
        case .anyCharacter where position < text.count:
          position += 1
          while position < text.count, text[position] & 0xC0 == 0x80 { position += 1 }
          part += 1
          continue
        case .bytes(let bytes)
        where bytes.count <= text.count - position && hasBytes(text, bytes, at: position):
          if work.mustStop(after: bytes.count) { return false }
          position += bytes.count
          part += 1
          continue
        case .anyCharacter, .bytes: break
        }
      } else if position == text.count {
        return true
      }
      guard let last = run, last.position < text.count else { return false }
      var next = last.position + 1
      while next < text.count, text[next] & 0xC0 == 0x80 { next += 1 }
      if case .bytes(let bytes) = parts[last.part] {
        if work.mustStop(after: bytes.count) { return false }
        // The last part must end the text: nearer places need not be tried.
        if last.part == parts.count - 1 { next = max(next, text.count - bytes.count) }
      }
      guard let start = start(of: parts[last.part], in: text, from: next) else { return false }
      run = (last.part, start)
      part = last.part
      position = start
    }
  }

  /// Where a part that follows a run may begin.
  private static func start(
    of part: Part, in text: UnsafeBufferPointer<UInt8>, from position: Int
  ) -> Int? {
    guard case .bytes(let bytes) = part else { return position }
    return bytes.withUnsafeBufferPointer { firstIndex(of: $0, in: text, from: position) }
  }
}

/// Where `part` is in `text`, searched from a byte on; an empty one is found at once. Takes time
/// linear in the text.
func firstIndex(
  of part: UnsafeBufferPointer<UInt8>, in text: UnsafeBufferPointer<UInt8>, from start: Int
) -> Int? {
  guard let partBase = part.baseAddress, part.count > 0 else { return start }
  guard let base = text.baseAddress else { return nil }
  var position = start
  // memchr finds the first byte far faster than a loop, and the rest is compared only there. Where
  // that byte is frequent, the search that needs no luck is better.
  for _ in 0..<32 {
    guard text.count - position >= part.count else { return nil }
    let room = text.count - position - part.count + 1
    guard let found = memchr(base + position, Int32(partBase[0]), room) else { return nil }
    position = UnsafeRawPointer(found) - UnsafeRawPointer(base)
    if memcmp(base + position, partBase, part.count) == 0 { return position }
    position += 1
  }
  let found = daybook_find(base + position, text.count - position, partBase, part.count)
  return found < 0 ? nil : position + found
}
