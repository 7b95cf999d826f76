/// Writes the events of one day, session by session; `timeOrder` puts them in order afterwards.
struct DayScript {
  static let milliseconds = 86_400_000

  var events: [SampleEvent] = []

  let distributions: Distributions
  var random: SplitMix64
  let population: Population
  /// Those of the day.
  let incidents: [SampleIncident]
  let limit: Int

  // The session being written.
  var now = 0
  var user = 0
  var session = -1
  var client: UInt8 = 0
  var project: Int32 = 0

  /// Plays day `day`. Deterministic: neither other days nor other calls have an influence.
  init(
    day: Int, options: SampleOptions, distributions: Distributions, population: Population,
    volume: DailyVolume, incidents: [SampleIncident]
  ) {
    self.distributions = distributions
    self.population = population
    self.incidents = incidents.filter { $0.day == day }
    random = SplitMix64(seed: options.seed, stream: .days, index: day)
    let quota = volume.quotas.map { $0[day] }
    limit = quota ?? .max
    events.reserveCapacity(quota ?? volume.sessions[day] * 14)
    play(
      day: day,
      isWeekend: (
        options.start.advanced(by: day - 1).isWeekend, options.start.advanced(by: day).isWeekend,
        options.start.advanced(by: day + 1).isWeekend
      ), volume: volume,
      sessionCount: quota == nil ? volume.sessions[day] : .max)
  }

  private mutating func play(
    day: Int, isWeekend: (Bool, Bool, Bool), volume: DailyVolume, sessionCount: Int
  ) {
    var regulars: [Int32] = []
    var cumulative: [Int] = []
    var total = 0
    for candidate in 0..<population.count
    where population.signupDays[candidate] < day && population.lastDays[candidate] >= day {
      total += Int(population.activity[candidate])
      regulars.append(Int32(candidate))
      cumulative.append(total)
    }
    var newcomers = volume.newcomers(onDay: day)
    while session + 1 < sessionCount, events.count < limit {
      session += 1
      // Every other session until all have signed up, so that a small quota has both kinds.
      if session.isMultiple(of: 2) || sessionCount - session <= newcomers.count,
        let newcomer = newcomers.popFirst()
      {
        user = Int(newcomer)
        openSession()
        now = Int(population.signupMilliseconds[user])
        signUp()
      } else {
        user = Int(regulars[cumulative.partitioningIndex(above: random.below(total))])
        openSession()
        now = distributions.timeOfDay(
          offset: population.offset(ofOrganization: Int(population.organizations[user])),
          isWeekend: isWeekend, &random)
      }
      playSession()
    }
  }

  /// What a session is used with, and the project that it is about.
  private mutating func openSession() {
    let traits = SplitMix64.mix(UInt64(truncatingIfNeeded: user) &+ 0x51)
    let bits = Int(truncatingIfNeeded: random.next() &>> 40)
    let desktops = SampleClient.desktopCount
    client = UInt8(
      truncatingIfNeeded: bits & 7 < 6
        ? Int(truncatingIfNeeded: traits & 0xff) % desktops
        : desktops + Int(truncatingIfNeeded: traits &>> 8 & 0xff)
          % (SampleClient.all.count - desktops))
    let organization = Int(population.organizations[user])
    let first = population.firstProjects[organization]
    let count = Int(population.firstProjects[organization + 1] - first)
    // Mostly one and the same, sometimes that of others.
    let own = bits & 24 != 0 ? Int(truncatingIfNeeded: traits &>> 16 & 0xffff) : bits &>> 5
    project = first + Int32(truncatingIfNeeded: own % count)
  }

  private mutating func signUp() {
    emit(.signup, .account, .signup, status: .succeeded, code: 201)
    now += 400 + random.below(4_000)
    if random.chance(985) {
      emit(.emailSent, .email, nil, status: .succeeded)
    } else {
      emit(.emailSent, .email, nil, status: .failed, error: .providerError)
    }
    now += 1_000 + random.below(20_000)
  }

  private mutating func playSession() {
    let choice = Choice.actionsByPersona[Int(population.personas[user])]
    if random.chance(16) {
      emit(.login, .account, .login, status: .failed, error: .invalidRequest, code: 401)
      now += 2_000 + random.below(10_000)
    }
    emit(.login, .account, .login, status: .succeeded, code: 200)
    let actions = distributions.draw(.actionsPerSession, &random)
    for _ in 0..<actions {
      // A session ends at midnight, without a logout: a day stands for itself.
      guard now < Self.milliseconds, events.count < limit else { return }
      pause()
      play(Action.allCases[distributions.pick(choice, &random)])
    }
    guard random.chance(700) else { return }
    now += distributions.draw(.pauseMilliseconds, &random)
    emit(.logout, .account, .logout, code: 204)
  }

  private mutating func pause() {
    let pause = distributions.draw(.pauseMilliseconds, &random)
    guard pause > 60_000 else {
      now += pause
      return
    }
    now += 60_000
    emit(.heartbeat, nil, .heartbeat, code: 204)
    now += pause - 60_000
  }

  private mutating func play(_ action: Action) {
    switch action {
    case .viewPage:
      let page = SampleEndpoint.allCases[distributions.pick(.page, &random)]
      let load = distributions.draw(.pageLoadMilliseconds, &random)
      emit(.pageView, page.pageFeature, page, code: 200, duration: load)
    case .generateImage:
      let model = SampleModel.pictures[distributions.pick(.imageModel, &random)]
      generate(model, .images, .image, .imageGenerateRequested)
    case .generateVideo:
      generate(.reelVideo, .videos, .video, .videoGenerateRequested)
    case .createProject:
      finish(.projectCreate, .projects, .project, .requestMilliseconds, failures: 6)
    case .chat:
      let model = SampleModel.text[distributions.pick(.chatModel, &random)]
      ask(model, .chat, .chat, .chat, prompt: .chatPromptTokens)
    case .upload:
      finish(.upload, .knowledge, .upload, .uploadMilliseconds, failures: 18)
      grow(.dataset, by: Int64(distributions.draw(.documentBytes, &random)))
      if random.chance(600) {
        now += 50
        ask(.emberEmbed, .tokenUsage, .knowledge, nil, prompt: .documentTokens)
      }
    case .searchKnowledge:
      let model = SampleModel.text[distributions.pick(.chatModel, &random)]
      ask(model, .ragQuery, .knowledge, .knowledge, prompt: .searchPromptTokens)
    case .callAPI: callAPI()
    case .export:
      finish(.export, .exports, .export, .uploadMilliseconds, failures: 14)
      grow(.export, by: Int64(distributions.draw(.documentBytes, &random)) * 4)
    case .train: train()
    case .deploy:
      finish(.deployment, .deployments, .deployment, .uploadMilliseconds, failures: 40)
    case .openEmail: emit(.emailOpened, .email, nil)
    case .createDataset:
      finish(.datasetCreate, .datasets, .dataset, .requestMilliseconds, failures: 5)
      finish(.datasetUpload, .datasets, .dataset, .uploadMilliseconds, failures: 22)
      grow(.dataset, by: Int64(distributions.draw(.datasetKilobytes, &random)) * 1_000)
    case .learn: learn()
    case .explain:
      finish(.xai, .xai, .explanation, .uploadMilliseconds, failures: 12)
    case .test: test()
    case .tune:
      finish(.hyperparameterTuning, .training, .tuning, .requestMilliseconds, failures: 10)
    case .invite:
      finish(.userInvite, .team, .invitation, .requestMilliseconds, failures: 8)
    }
  }

  private mutating func callAPI() {
    for _ in 0..<distributions.draw(.callsPerBurst, &random) {
      switch distributions.pick(.apiEndpoint, &random) {
      case 0:
        let model = SampleModel.text[distributions.pick(.chatModel, &random)]
        ask(model, .apiCall, .api, .apiChat, prompt: .chatPromptTokens)
      case 1: ask(.emberEmbed, .apiCall, .api, .apiEmbeddings, prompt: .documentTokens)
      case 2:
        let model = SampleModel.pictures[distributions.pick(.imageModel, &random)]
        ask(model, .apiCall, .api, .apiImages, prompt: nil)
      default: finish(.apiCall, .api, .apiModels, .requestMilliseconds, failures: 3)
      }
      now += distributions.draw(.burstPauseMilliseconds, &random)
    }
  }
}
