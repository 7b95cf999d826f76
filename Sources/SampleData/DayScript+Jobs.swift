/// Jobs, what they leave in storage, and courses.
extension DayScript {
  /// A training: started, and when it is done its outcome. Those that run past midnight are not heard
  /// of again.
  mutating func train() {
    let job = Int32(truncatingIfNeeded: events.count)
    let bits = Int(truncatingIfNeeded: random.next() &>> 40)
    let framework: SampleFramework =
      bits & 15 < 11 ? .pytorch : bits & 15 < 14 ? .tensorflow : .jax
    if emit(.trainingStarted, .training, .training, code: 202) {
      events[events.count - 1].request = job
      events[events.count - 1].framework = framework
    }
    let duration = distributions.draw(.trainingMilliseconds, &random)
    let end = random.below(1_000)
    // A failing job fails somewhere on its way, and so does one that somebody stops.
    let part = end < 190 ? duration / 16 * random.below(16) : duration
    now += part
    let isEmitted: Bool
    if end < 140 {
      isEmitted = emit(
        .trainingFailed, .training, nil, status: .failed, error: .internalError, duration: part)
    } else if end < 190 {
      isEmitted = emit(.trainingCancelled, .training, nil, status: .cancelled, duration: part)
    } else {
      isEmitted = emit(.trainingCompleted, .training, nil, status: .succeeded, duration: part)
    }
    guard isEmitted else { return }
    let gpus = 1 << (bits &>> 4 & 3)
    let used = part * gpus
    let last = events.count - 1
    events[last].request = job
    events[last].framework = framework
    events[last].work = SampleEvent.Work(
      gpuMilliseconds: Int32(truncatingIfNeeded: used),
      cpuMilliseconds: Int32(truncatingIfNeeded: part * 3 / 2),
      utilizationThousandths: Int16(truncatingIfNeeded: 540 + (bits &>> 6) % 430))
    events[last].costMicrodollars = ResourceRate.microdollars(gpuMilliseconds: used)
    guard end >= 190 else { return }
    grow(.checkpoint, by: Int64(distributions.draw(.checkpointKilobytes, &random)) * 1_000)
  }

  /// A model of one's own, asked or tried.
  mutating func test() {
    let duration = distributions.draw(.atlasMiniMilliseconds, &random)
    now += duration
    let isTest = random.chance(400)
    let isFailed = random.chance(isTest ? 60 : 15)
    let isEmitted = emit(
      isTest ? .testRun : .inference, .deployments, isTest ? .testRun : .inference,
      status: isFailed ? .failed : .succeeded, error: isFailed ? .internalError : nil,
      code: isFailed ? 500 : 200, duration: duration)
    guard isEmitted else { return }
    let last = events.count - 1
    events[last].request = Int32(truncatingIfNeeded: last)
    events[last].framework = .pytorch
    events[last].work = SampleEvent.Work(
      gpuMilliseconds: Int32(truncatingIfNeeded: duration),
      cpuMilliseconds: Int32(truncatingIfNeeded: duration / 4),
      utilizationThousandths: Int16(truncatingIfNeeded: 300 + random.below(400)))
    events[last].costMicrodollars = ResourceRate.microdollars(gpuMilliseconds: duration)
  }

  /// What the request just made leaves in storage, if it succeeded; now and then something old goes.
  mutating func grow(_ storage: SampleStorage, by bytes: Int64) {
    guard let last = events.last, last.status == .succeeded, last.user == user else { return }
    let request = last.request
    if last.type == .upload || last.type == .datasetUpload || last.type == .export {
      events[events.count - 1].bytes = bytes
    }
    now += 20
    let change = random.chance(90) ? -(bytes / 2) : bytes
    guard emit(.storageChange, last.feature, nil) else { return }
    events[events.count - 1].storage = storage
    events[events.count - 1].bytes = change
    events[events.count - 1].request = request
  }

  /// Lessons of a course one after the other, until one has had enough.
  mutating func learn() {
    let course = random.below(SampleLesson.courses.count)
    for step in 0..<SampleLesson.lessonsPerCourse {
      let lesson = UInt8(truncatingIfNeeded: course * SampleLesson.lessonsPerCourse + step)
      if step == 0 { emit(.courseStart, lesson) }
      now += 3_000
      emit(.videoPlay, lesson)
      now += 40_000 + random.below(150_000)
      guard random.chance(860) else { return }
      let isPassed = random.chance(780)
      let score = isPassed ? 70 + random.below(31) : 20 + random.below(50)
      emit(.quizAttempt, lesson, score: UInt8(truncatingIfNeeded: score))
      guard isPassed || random.chance(700) else { return }
      now += 4_000
      emit(.lessonComplete, lesson)
      if step == SampleLesson.lessonsPerCourse - 1 { emit(.courseComplete, lesson) }
      guard random.chance(740) else { return }
    }
  }

  private mutating func emit(
    _ type: SampleEventType, _ lesson: UInt8, score: UInt8? = nil
  ) {
    guard emit(type, .learning, .learning, code: 200) else { return }
    events[events.count - 1].lesson = lesson
    events[events.count - 1].score = score
  }
}

/// What resources cost where no model has a price.
enum ResourceRate {
  /// 1.50 US dollars per hour of a GPU, rounded half up.
  static func microdollars(gpuMilliseconds: Int) -> Int64 {
    (Int64(gpuMilliseconds) * 1_500_000 + 1_800_000) / 3_600_000
  }
}
