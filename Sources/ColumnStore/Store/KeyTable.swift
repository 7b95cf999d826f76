/// A hash table from keys of `width` words to one word each. Linear probing; at most five eighths
/// full.
///
/// For one writer: a copy shares its memory with the original.
struct KeyTable {
  let width: Int
  private(set) var count = 0
  /// Per place the key, then its value plus 1; 0: the place is free.
  private var places: Buffer<UInt64>
  private var placeMask: Int
  private var stride: Int { width + 1 }

  /// Not known before the process starts, so that nobody can choose keys that all collide.
  private static let seed = UInt64.random(in: 0 ... .max) | 1

  init(width: Int, minimumCapacity: Int = 0) {
    self.width = width
    var placeCount = 64
    while placeCount * 5 / 8 < minimumCapacity { placeCount *= 2 }
    placeMask = placeCount - 1
    places = Buffer(repeating: 0, count: placeCount * (width + 1))
  }

  subscript(key: UnsafePointer<UInt64>) -> UInt64? {
    let place = places.base + find(key) * stride
    return place[width] == 0 ? nil : place[width] &- 1
  }

  /// Returns the value that the key had.
  @discardableResult
  mutating func set(_ key: UnsafePointer<UInt64>, to value: UInt64) -> UInt64? {
    if (count + 1) * 8 > (placeMask + 1) * 5 { grow() }
    let place = places.base + find(key) * stride
    let old = place[width]
    if old == 0 {
      place.update(from: key, count: width)
      count += 1
    }
    place[width] = value &+ 1
    return old == 0 ? nil : old &- 1
  }

  mutating func remove(_ key: UnsafePointer<UInt64>) {
    var hole = find(key)
    guard places.base[hole * stride + width] != 0 else { return }
    count -= 1
    places.base[hole * stride + width] = 0
    // What was displaced past the hole moves back, so that no search ends too early.
    var next = (hole + 1) & placeMask
    while places.base[next * stride + width] != 0 {
      let home = home(UnsafePointer(places.base + next * stride))
      if (next - home) & placeMask >= (next - hole) & placeMask {
        (places.base + hole * stride).update(from: places.base + next * stride, count: stride)
        places.base[next * stride + width] = 0
        hole = next
      }
      next = (next + 1) & placeMask
    }
  }

  /// Calls `body` with every key and value, in no order.
  func visit(_ body: (UnsafePointer<UInt64>, UInt64) -> Void) {
    for index in 0...placeMask {
      let place = places.base + index * stride
      if place[width] != 0 { body(UnsafePointer(place), place[width] &- 1) }
    }
  }

  private func home(_ key: UnsafePointer<UInt64>) -> Int {
    var hash = Self.seed
    for index in 0..<width {
      let product = (hash ^ key[index]).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15 ^ Self.seed)
      hash = product.high ^ product.low
    }
    return Int(truncatingIfNeeded: hash ^ (hash &>> 32)) & placeMask
  }

  /// Where the key is, or would be.
  private func find(_ key: UnsafePointer<UInt64>) -> Int {
    var index = home(key)
    while true {
      let place = places.base + index * stride
      if place[width] == 0 { return index }
      var isEqual = true
      for word in 0..<width where place[word] != key[word] { isEqual = false }
      if isEqual { return index }
      index = (index + 1) & placeMask
    }
  }

  private mutating func grow() {
    let old = self
    placeMask = placeMask * 2 + 1
    places = Buffer(repeating: 0, count: (placeMask + 1) * stride)
    old.visit { key, value in
      let place = places.base + find(key) * stride
      place.update(from: key, count: width)
      place[width] = value &+ 1
    }
  }
}
