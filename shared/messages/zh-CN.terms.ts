/** Names, units and definitions of metrics (shared/metrics.ts) and settings (shared/config.ts) in Simplified Chinese. */
import type { Message } from './format.ts';

const metrics: Record<string, [label: string, definition: string]> = {
  loss: [
    '损失',
    '对照片取平均的 −cos(p, z)：一个视图的预测与另一个视图的投影之间，两个方向取平均。−1 表示两个视图完全一致，坍缩的网络也会如此：请与秩一起看。',
  ],
  zStdTraining: [
    'z 的标准差 × √d（训练）',
    'l2 归一化投影 z 在批次内的标准差，按通道平均，乘以 √d（论文图 2）。1：铺满球面。0：所有照片在同一点。',
  ],
  'std.backbone': [
    '标准差 × √D，特征',
    '与 z 相同，但取探测照片的主干特征、评估模式。未训练的网络约为 0.2；坍缩初期可能上升，因此没有单独的阈值。',
  ],
  'std.projection': [
    '标准差 × √d，投影 z',
    '探测照片 l2 归一化投影的标准差（评估模式）乘以 √d。1：各向同性。下降是坍缩的早期信号。',
  ],
  'std.prediction': ['标准差 × √d，预测 p', '对预测头输出 p 的同一数值。'],
  'rank.backbone': [
    '有效秩，特征',
    '探测照片去均值特征的归一化奇异值之熵的指数：特征真正使用的方向数。很低且下降、同时损失接近 −1，即为坍缩。',
  ],
  'rank.projection': ['有效秩，z', '对投影 z 的同一数值。'],
  alignment: ['对齐', '同一张探测照片两个视图的归一化特征的平均平方距离。0：相同。'],
  uniformity: [
    '均匀',
    '探测照片两两之间 exp(−2‖f(x) − f(y)‖²) 均值的对数（Wang 与 Isola，2020）。越低越均匀；0：全在一点。',
  ],
  knn: [
    'kNN 准确率',
    '由 k 个最近邻按 exp(cos/T) 加权投票得出正确类别的探测照片比例，照片自身除外。类别是子文件夹的名称，除非另行设定。',
  ],
  balancedKnn: [
    'kNN 准确率（各类等权）',
    '同一投票在每一类中找对的比例，再对各类取平均。若大多数照片属于同一类，只答这一类就能得到很高的 kNN 准确率，而此值不会：随机猜测得 1 除以类别数。',
  ],
  quality: [
    '无标签质量',
    '在没有标签时特征有多好：两张照片的平方距离除以一张照片两个视图的平方距离，乘以一致率与秩之积的四次方根，取 q / (1 + q)。它给相同照片、相同视图的训练排序；不是正确率，若照片之间的差别不在视图变化之外，则说明不了什么。',
  ],
  agreement: [
    '近邻一致率',
    '在所有第二视图中，最近者恰为自己第二视图的探测照片比例。不需要标签；100% 表示一张照片的视图与其他照片都能区分。',
  ],
  learningRate: ['学习率', '基础学习率 × 批次 / 256，经过预热与余弦衰减。'],
  imagesPerSecond: ['速度', '自上一行以来每秒训练的照片数（每张含其全部视图），包含等待。'],
  dataWait: ['等待照片', '训练步等待下一批视图所占的时间比例。'],
  etaSeconds: ['剩余时间', '剩余步数 ÷ 最近每秒步数。'],
};

const settings: Record<string, [label: string, reason: string]> = {
  method: ['方法', 'SimSiam 不需要负样本、动量编码器或大批次'],
  'backbone.name': ['主干网络', '较小的照片集用不上更大的网络，而且 ResNet-18 可在 CPU 上训练'],
  'backbone.width': ['宽度', '1 是论文发表的网络；四分之一宽的训练约快十倍'],
  'backbone.stem': [
    '起始层',
    'cifar（3×3，无池化）在 32 至 64 像素下保留细节；small（3×3，步幅 2）以四分之一的时间保留几乎同样多；96 像素以上用 imagenet（7×7，总步幅 4）',
  ],
  'backbone.init': [
    '初始权重',
    '“random”、ResNet 权重文件的路径（safetensors 或 PyTorch 的 .pth：timm、torchvision、MoCo、SwAV、DINO、SimSiam、BYOL；或 ONNX），或先前训练的“run:ID”',
  ],
  'backbone.origin': [
    '初始权重的来源',
    '由谁制作、来自哪里：写入模型卡和每个导出的编码器；Lookalike 认识的权重会自动填写',
  ],
  'backbone.licence': [
    '初始权重的许可证',
    '由其训练而来的模型可能受它约束：写入模型卡和每个导出的编码器；Lookalike 认识的权重会自动填写',
  ],
  'head.hiddenDim': ['投影头隐藏宽度', '论文第 3 节'],
  'head.outputDim': ['输出维度 d', '论文附录 B：到 2048 为止越宽越好'],
  'head.layers': ['投影头层数', '论文第 3 节；CIFAR-10 用 2 层（附录 D）'],
  'head.norm': ['头部的批归一化', '论文表 3：默认用于隐藏层与投影输出'],
  'teacher.from': [
    '教师',
    '知道更多的编码器：ONNX 文件或 ResNet 权重的路径，或 run:ID（按原样使用的编码器或以前的训练）；每张照片只问一次，并向其结果靠拢；留空表示没有',
  ],
  'teacher.weight': ['教师的份额', '在损失中的份额，其余归训练方法；1 表示训练方法不起作用'],
  'teacher.origin': ['教师的来源', '由谁制作、来自哪里：写入模型卡和每个导出的编码器；文件自带说明时自动填写'],
  'teacher.licence': ['教师的许可', '向它学到的也可能受其约束：写入模型卡和每个导出的编码器；文件自带说明时自动填写'],
  'predictor.kind': ['预测头 h', '论文表 1：没有预测头 SimSiam 会坍缩'],
  'predictor.hiddenDim': ['预测头隐藏宽度', 'd 的四分之一：瓶颈（论文第 3 节）'],
  'predictor.learningRate': ['预测头学习率', '论文表 1：不衰减要好 0.4 个百分点'],
  'predictor.averageMomentum': ['滑动平均 m', '论文第 5.2 节；用于预测头类型“滑动平均”'],
  temperature: ['温度', 'SimCLR、MoCo 与 SwAV 中 softmax 的温度：SimCLR 与 SwAV 为 0.1，MoCo v2 为 0.2'],
  'fastsiam.views': ['FastSiam：每张照片的视图', 'FastSiam：4；每个视图预测其余视图的均值，各多一次计算'],
  'simclr.decoupled': ['SimCLR：解耦', 'DCL：同一照片的另一视图不算在要区分的对象中，小批次学得更快'],
  'moco.queueSize': ['MoCo：负样本队列', 'ImageNet 用 65,536；50,000 张图通常用 4,096，超过照片数会重复'],
  'moco.momentum': ['MoCo：键编码器动量', 'MoCo v2：200,000 步用 0.999；小照片集约千步，0.99 跟得上'],
  'byol.momentum': ['BYOL：目标网络动量', 'BYOL：按余弦升至 1；1,000 轮用 0.996，100 轮用 0.99'],
  'swav.prototypes': ['SwAV：原型', 'ImageNet 批次 4,096 时用 3,000；一个批次均匀分到各原型，因此不宜远多于批次'],
  'swav.sinkhornIterations': ['SwAV：Sinkhorn-Knopp', 'SwAV 第 4 节'],
  'swav.epsilon': ['SwAV：分配的柔软度', 'SwAV：0.05；更高会使所有照片分到一处'],
  'swav.freezeEpochs': ['SwAV：固定原型', 'SwAV 附录：第一轮'],
  'swav.smallCrops': ['SwAV：额外小裁剪', '多裁剪；0 为两视图比较（论文表 4），6 为 SwAV 的最佳'],
  'swav.smallCropSize': ['SwAV：小裁剪尺寸', 'SwAV：224 旁用 96'],
  'barlowtwins.redundancy': [
    'Barlow Twins：冗余的权重',
    'Barlow Twins：8,192 维输出时为 0.005；输出越少，需权衡的成对相关越少',
  ],
  'vicreg.invariance': ['VICReg：一致性的权重', 'VICReg：25'],
  'vicreg.variance': ['VICReg：方差的权重', 'VICReg：与一致性相同；没有它网络会坍缩'],
  'vicreg.covariance': ['VICReg：协方差的权重', 'VICReg：1'],
  'swav.smallCropScale': ['SwAV：小裁剪的上限', 'SwAV：大裁剪取照片的 0.14 至 1，小裁剪取 0.05 至 0.14'],
  'optimizer.trustCoefficient': ['LARS：信任系数', 'You 等 2017；用于优化器 LARS'],
  'optimizer.beta1': ['AdamW：梯度的记忆', 'Kingma 与 Ba 2015：约十步的均值；用于优化器 AdamW'],
  'optimizer.beta2': ['AdamW：梯度平方的记忆', 'Kingma 与 Ba 2015：约一千步；只有几百步的训练用更低的值'],
  'optimizer.epsilon': ['AdamW：除数下限', 'Kingma 与 Ba 2015；避免为零的梯度除以自身大小'],
  stopGradient: ['停止梯度', '论文图 2：没有它网络会坍缩'],
  similarity: ['相似度 D', '论文第 4.5 节'],
  symmetry: ['对称性', '论文第 4.6 节：对称时每张照片多做一次预测'],
  innerSteps: ['每次交替的步数', '论文第 5.2 节：1 即 SimSiam'],
  imageSize: ['图像尺寸', '128 以 224 三分之一的代价保留大部分准确率'],
  batchSize: ['批次大小', '论文表 2：64 至 2048 都可行'],
  epochs: ['轮数', '设定轮数，或以分钟计的预算'],
  minutes: ['时间预算', '学习率安排按实测速度适配'],
  photos: ['使用的照片数', '文件夹的一部分，均匀分布其中；留空即全部'],
  'optimizer.name': ['优化器', '论文第 3 节：SGD 不需要大批次'],
  'optimizer.baseLearningRate': ['基础学习率', '论文第 3 节：学习率 = 基础 × 批次 / 256，余弦衰减'],
  'optimizer.momentum': ['动量', '论文第 3 节'],
  'optimizer.weightDecay': ['权重衰减', '论文第 3 节；小照片集用 5e-4'],
  'optimizer.warmupEpochs': ['预热', '论文：批次 1024 起用 10 轮'],
  'optimizer.settleEpochs': [
    '编码器等待',
    '从已知权重开始时：编码器先不动，让头部学习、批归一化适应这些照片，至多占训练的十分之一',
  ],
  'optimizer.layerDecay': [
    '前面各层的学习率',
    '从已知权重开始时小于 1：每一级比后一级学得慢这么多倍，因为前几层所见适用于大多数照片',
  ],
  'augment.cropScaleMin': ['最小裁剪', '论文第 3 节（RandomResizedCrop 比例 [0.2, 1]）'],
  'augment.cropScaleMax': ['最大裁剪', '论文第 3 节'],
  'augment.cropRatioMin': ['最窄裁剪', 'torchvision RandomResizedCrop'],
  'augment.cropRatioMax': ['最宽裁剪', 'torchvision RandomResizedCrop'],
  'augment.flip': ['左右镜像', '论文第 3 节'],
  'augment.verticalFlip': ['上下颠倒', '用于没有上下之分的显微与航拍图像'],
  'augment.jitter': ['颜色抖动', '论文第 3 节；颜色重要时设为 0'],
  'augment.brightness': ['亮度变化', '论文第 3 节'],
  'augment.contrast': ['对比度变化', '论文第 3 节'],
  'augment.saturation': ['饱和度变化', '论文第 3 节'],
  'augment.hue': ['色相变化', '论文第 3 节'],
  'augment.grayscale': ['灰度', '论文第 3 节；颜色重要时设为 0'],
  'augment.blur': ['高斯模糊', '作者代码；32 像素及以下关闭'],
  'augment.blurSigmaMin': ['最小模糊', 'SimCLR，论文沿用'],
  'augment.blurSigmaMax': ['最大模糊', 'SimCLR，论文沿用'],
  'probe.images': ['探测照片', '足以计算秩与近邻，每轮代价很小'],
  'probe.everyEpochs': ['探测间隔', '坍缩在一轮之内就会报告'],
  'probe.k': ['近邻数 k', 'Wu 等 2018，论文沿用；不超过照片库大小'],
  'probe.temperature': ['kNN 温度', 'Wu 等 2018；ImageNet 用 0.07'],
  'input.rule': [
    '测量值的显示',
    '整个文件夹用同一范围，文件之间才可比较；file：每个文件用自己的范围；fixed：从 low 到 high；photo：按类型的全部范围',
  ],
  'input.low': ['显示为黑', '用于规则 fixed'],
  'input.high': ['显示为白', '用于规则 fixed'],
  'input.percentiles': ['两端舍去', '少数坏点不应决定范围'],
  'input.ranges': ['文件夹的范围', '读取文件夹时按文件种类测得，例如 uint16x1 125..600；留空则每个文件用自己的范围'],
  'input.bands': ['波段', '3,2,1：红、绿、蓝各是哪个波段，或以灰度显示的一个；留空则按文件所述，否则取前三个'],
  'input.page': ['页', '多页图像中的页码；max：各页最大值；each：每页各为一张照片；auto：内容最多的一页'],
  'input.tiles': [
    '图块',
    '长边超过图块边长一倍半的图像切成该边长的图块，每块各为一张照片；只有一种色调的略去；0：不切',
  ],
  'input.overlap': ['图块重叠', '使落在切线上的东西在其中一块里完整；最多为图块的一半'],
  'input.channels': [
    '训练所用',
    'colour：红、绿、蓝，现有权重需要的形式；grey：灰度；或一个数字：这么多波段，保持原样',
  ],
  'input.depth': ['每个波段保留的位数', '从黑到白 256 级足以看清；16 保留测量波段的全部级数，缓存加倍'],
  'input.statistics': [
    '波段的均值',
    '与范围一同测得：每个波段在黑与白之间的均值和标准差，例如 5 0.31/0.2, ...；留空则为 0.449/0.226',
  ],
  'checkpoint.minutes': ['保存间隔', '断电最多损失的时间'],
  'checkpoint.diskGigabytes': ['检查点磁盘', '系列会被精简以不超过此数'],
  seed: ['随机种子', '同样的种子、照片与机器得到同样的参数'],
  device: ['设备', '自动即通过自检的设备中最快的一个'],
  embedding: [
    '照片比较所用',
    '池化：最后一张特征图的均值，论文的做法；白化：照片放大一半后的最后两个阶段，各方向同等计入，在探测照片上拟合，不需标签；能更好地找到近邻，嵌入速度约减半；白化与边缘：再加上各处各方向的边缘，适合形状也相像的照片（docs/recipes.md）',
  ],
  precision: ['精度', 'float16 以一半的位数计算，须显卡支持；参数仍为 float32'],
  copies: ['照片保存为', '自动：缓存放得下全部照片时为像素，否则为质量 80 的 WebP；仍放不下的每次重新解码'],
  viewsBy: ['视图由谁生成', '自动：显卡通过自检、能正确生成视图时（WebGPU）由它生成，不必等待处理器'],
  threads: ['线程', '0 使用全部核心'],
};

const units: Record<string, string> = {
  ratio: '比值',
  dimensions: '维',
  'squared distance': '平方距离',
  log: '对数',
  'photos/s': '张/秒',
  '× channels': '× 通道',
  '× per stage': '× 每级',
  units: '单元',
  layers: '层',
  'per 256 images': '每 256 张',
  epochs: '轮',
  'of the area': '面积比',
  'width / height': '宽 / 高',
  probability: '概率',
  '± turns': '± 圈',
  'px (sigma)': '像素（σ）',
  bands: '个波段',
  bits: '位',
  px: '像素',
  photos: '张',
  min: '分钟',
  steps: '步',
  threads: '线程',
  keys: '个键',
  'per step': '每步',
  'per step, at first': '每步（起初）',
  vectors: '个向量',
  iterations: '次',
  views: '个视图',
};

/** The verdict's sentences and advice; their English is made in shared/verdict/advice.ts, their numbers are its figures. */
const verdicts: Record<string, string> = {
  'judgement.starting': '还没有完成任何一轮。',
  'judgement.early': '为时过早：完成了 {step} 步，{least} 步之前不作判断。',
  'judgement.healthy': '正常，没有坍缩的迹象：损失 {loss}，秩 {rank}（迄今最高 {rankBest}），z 的标准差比 {zStd}。',
  'judgement.suspicious':
    '这可能演变为坍缩：损失 {loss}，z 的标准差比 {zStd}（1 为健康），特征使用 {rank} 个方向，是曾用 {rankBest} 个的 {rankShare}。',
  'judgement.dimensionalCollapse':
    '照片正被压到少数方向上：损失 {loss}，z 的标准差比 {zStd}（1 为健康）；z 使用 {projectionRank} 个方向，特征使用 {rank} 个方向，是曾用 {rankBest} 个的 {rankShare}。',
  'judgement.collapsed':
    '网络已坍缩：几乎所有照片在它看来都一样。损失 {loss}，z 的标准差比在训练时为 {zStd}、使用时为 {projectionStd}，特征只使用 {rank} 个方向，是曾用 {rankBest} 个的 {rankShare}。',
  'judgement.notLearning': '什么也没学到：{step} 步之后损失为 {loss}，几乎没有下降，近邻也不比训练前更好。',
  'judgement.worseThanStart':
    '这次训练使起点变差：起始权重的近邻有 {start} 正确，{step} 步之后为 {now}。训练已停止，起始权重已保留。',
  'judgement.diverging': '训练发散：损失为 {loss}，最好时曾为 {lossLeast}。',
  'advice.lastHealthy': '回到最后一个健康的检查点：之后的已丢失学到的东西。',
  'advice.stopGradient': '开启停止梯度：没有它，网络只要让所有照片看来一样就能降低损失。',
  'advice.predictor': '使用预测头（MLP）：没有经过训练的预测头，SimSiam 会坍缩或学不到东西。',
  'advice.learningRateDown': '把学习率降低 2 到 3 倍。',
  'advice.learningRateUp': '把学习率提高 3 倍：不动的损失也许只是太慢。',
  'advice.keepStart': '使用起始权重：它们是第 0 轮的检查点。',
  'advice.learningRateGentle': '更温和地继续：学习率取十分之一。',
  'advice.warmup': '用最初 10 轮预热。',
  'advice.crops': '在预览中检查裁剪是否仍能看出主体；取更大的裁剪。',
  'advice.jitter': '减弱颜色抖动。',
  'advice.method': '换一种方法：MoCo 与 SimCLR 会把照片推开，不会这样坍缩。',
};

/** What a plan refuses or notes; their English is made in shared/plan.ts. */
const plans: Record<string, string> = {
  'note.smallMap': '在 {imageSize} 像素下，imagenet 起始层只留下 {map} × {map} 的特征图：cifar 起始层保留更多细节。',
  'note.noStopGradient':
    '没有停止梯度时，这种方法会在几百步内让所有照片变得一样：除非正想看到这一点，否则请打开停止梯度。',
  'note.noPredictor':
    '没有经过训练的预测头，这种方法会坍缩或几乎学不到东西：除非正想看到这一点，否则请把预测头设为 MLP。',
  'note.smallPhotos':
    '这些照片很小（{side} 像素）：预设以 {imageSize} 像素经 small 起始层观看，同样的时间里步数约为两倍。',
  'note.guessedKind': '从照片看，它们属于“{kind}”一类；可用 --of 另行指定。',
  'note.teacher':
    '{name} 作为教师：第一步之前就 {images} 张照片询问它一次，最多约 {minutes} 分钟，各次训练共用，结果保存（{megabytes} MB）。',
  'note.knownWeights': '这些权重是 {name}：{licence}。',
  'note.otherSum':
    '{file} 与 {name} 同名，但 SHA-256 不同（{sum}）：请从 {page} 重新下载，或在 backbone.origin 中说明它是什么。',
  'note.givenNetwork': '网络取自所给权重：{network}（宽度 {width}，{stem} 起始层）。',
  'note.noRendered': '没有适合 {network}（宽度 {width}，{stem} 起始层）的渲染图像权重：从随机权重开始。',
  'note.lossyCopies':
    '{most} 的缓存放不下全部像素，照片以 WebP（质量 {quality}）保存：准确率几乎不变，因解码而较慢；可改为保存像素，或在“设置”中给缓存更多磁盘。',
  'note.decodedAgain':
    '{images} 张照片中有 {again} 张在 {most} 的缓存里放不下，每次都从文件重新解码：训练较慢；可在“设置”中给缓存更多磁盘。',
  'note.smallerBatch': '批次为 {batchSize} 而非 {usual}，因为只有 {images} 张照片：这样一轮才有多步。',
  'note.fewPhotos': '{images} 张照片偏少：数百张才能让网络有东西可分辨。',
  'note.days': '约 {days} 天：更窄的网络、更小的图像尺寸或以分钟计的预算会更快。',
  'note.processorUntested': '处理器的自检没有结果（电脑可能太忙）：训练照常进行，下次启动时再测试。',
  'note.deviceLost': '之前选择的设备 {device} 已无法使用，原因见“设置”中的自检：现在改为自动。',
  'note.deviceMemoryUnknown': '{device} 可用的显存大小未知：训练约需 {needed}。',
  'note.fewSteps': '只有 {steps} 步：更多轮数或更小的批次能学得更多。',
};

export const zhCNTerms: Record<string, Message> = {
  ...Object.fromEntries(
    Object.entries(metrics).flatMap(([name, [label, definition]]) => [
      [`metric.${name}.label`, label],
      [`metric.${name}.definition`, definition],
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(settings).flatMap(([path, [label, reason]]) => [
      [`setting.${path}.label`, label],
      [`setting.${path}.reason`, reason],
    ]),
  ),
  ...Object.fromEntries(Object.entries(units).map(([unit, text]) => [`unit.${unit}`, text])),
  ...plans,
  ...verdicts,
};
