/// The name that is most like `name`, if one is close enough to have been meant: at most a third of
/// its letters off.
func nearestName(to name: String, in names: [String]) -> String? {
  let wanted = Array(name.lowercased().utf8)
  let ranked = names.map { ($0, editDistance(wanted, Array($0.lowercased().utf8))) }
  guard let (best, distance) = ranked.min(by: { $0.1 < $1.1 }),
    distance * 3 <= max(wanted.count, best.utf8.count)
  else { return nil }
  return best
}

/// Levenshtein's: the least number of insertions, removals and replacements.
private func editDistance(_ first: [UInt8], _ second: [UInt8]) -> Int {
  var row = Array(0...second.count)
  for (i, a) in first.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, b) in second.enumerated() {
      let replaced = diagonal + (a == b ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
    }
  }
  return row[second.count]
}
