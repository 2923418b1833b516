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
    '由 k 个最近邻按 exp(cos/T) 加权投票得出正确标签的探测照片比例，照片自身除外。标签是子文件夹的名称。',
  ],
  agreement: [
    '近邻一致率',
    '在所有第二视图中，最近者恰为自己第二视图的探测照片比例。不需要标签；100 % 表示一张照片的视图与其他照片都能区分。',
  ],
  learningRate: ['学习率', '基础学习率 × 批次 / 256，经过预热与余弦衰减。'],
  imagesPerSecond: ['速度', '自上一行以来每秒训练的照片数（每张两个视图），包含等待。'],
  dataWait: ['等待照片', '训练步等待下一批视图所占的时间比例。'],
  etaSeconds: ['剩余时间', '剩余步数 ÷ 最近每秒步数。'],
};

const settings: Record<string, [label: string, reason: string]> = {
  method: ['方法', 'SimSiam 不需要负样本、动量编码器或大批次'],
  'backbone.name': ['主干网络', '较小的照片集用不上更大的网络，而且 ResNet-18 可在 CPU 上训练'],
  'backbone.width': ['宽度', '1 是论文发表的网络；四分之一宽的训练约快十倍'],
  'backbone.stem': [
    '起始层',
    'cifar（3×3，无池化）在 32 至 64 像素下保留细节；96 像素以上用 imagenet（7×7，总步幅 4）',
  ],
  'backbone.init': [
    '初始权重',
    '“random”、采用 timm 或 torchvision ResNet 名称的 safetensors 文件路径，或先前训练的“run:ID”',
  ],
  'head.hiddenDim': ['投影头隐藏宽度', '论文第 3 节'],
  'head.outputDim': ['输出维度 d', '论文附录 B：到 2048 为止越宽越好'],
  'head.layers': ['投影头层数', '论文第 3 节；CIFAR-10 用 2 层（附录 D）'],
  'head.norm': ['头部的批归一化', '论文表 3：默认用于隐藏层与投影输出'],
  'predictor.kind': ['预测头 h', '论文表 1：没有预测头 SimSiam 会坍缩'],
  'predictor.hiddenDim': ['预测头隐藏宽度', 'd 的四分之一：瓶颈（论文第 3 节）'],
  'predictor.learningRate': ['预测头学习率', '论文表 1：不衰减要好 0.4 个百分点'],
  'predictor.averageMomentum': ['滑动平均 m', '论文第 5.2 节；用于预测头类型“滑动平均”'],
  temperature: ['温度', 'SimCLR、MoCo 与 SwAV 中 softmax 的温度：SimCLR 与 SwAV 为 0.1，MoCo v2 为 0.2'],
  'fastsiam.views': ['FastSiam：每张照片的视图', 'FastSiam：4；每个视图预测其余视图的均值，各多一次计算'],
  'moco.queueSize': ['MoCo：负样本队列', 'ImageNet 用 65,536；50,000 张图通常用 4,096，超过照片数会重复'],
  'moco.momentum': ['MoCo：键编码器动量', 'MoCo v2：200,000 步用 0.999；小照片集约千步，0.99 跟得上'],
  'byol.momentum': ['BYOL：目标网络动量', 'BYOL：按余弦升至 1；1,000 轮用 0.996，100 轮用 0.99'],
  'swav.prototypes': ['SwAV：原型', 'ImageNet 批次 4,096 时用 3,000；一个批次均匀分到各原型，因此不宜远多于批次'],
  'swav.sinkhornIterations': ['SwAV：Sinkhorn-Knopp', 'SwAV 第 4 节'],
  'swav.epsilon': ['SwAV：分配的柔软度', 'SwAV：0.05；更高会使所有照片分到一处'],
  'swav.freezeEpochs': ['SwAV：固定原型', 'SwAV 附录：第一轮'],
  'swav.smallCrops': ['SwAV：额外小裁剪', '多裁剪；0 为两视图比较（论文表 4），6 为 SwAV 的最佳'],
  'swav.smallCropSize': ['SwAV：小裁剪尺寸', 'SwAV：224 旁用 96'],
  'swav.smallCropScale': ['SwAV：小裁剪的上限', 'SwAV：大裁剪取照片的 0.14 至 1，小裁剪取 0.05 至 0.14'],
  'optimizer.trustCoefficient': ['LARS：信任系数', 'You 等 2017；用于优化器 LARS'],
  stopGradient: ['停止梯度', '论文图 2：没有它网络会坍缩'],
  similarity: ['相似度 D', '论文第 4.5 节'],
  symmetry: ['对称性', '论文第 4.6 节：对称时每张照片多做一次预测'],
  innerSteps: ['每次交替的步数', '论文第 5.2 节：1 即 SimSiam'],
  imageSize: ['图像尺寸', '128 以 224 三分之一的代价保留大部分准确率'],
  batchSize: ['批次大小', '论文表 2：64 至 2048 都可行'],
  epochs: ['轮数', '设定轮数，或以分钟计的预算'],
  minutes: ['时间预算', '学习率安排按实测速度适配'],
  'optimizer.name': ['优化器', '论文第 3 节：SGD 不需要大批次'],
  'optimizer.baseLearningRate': ['基础学习率', '论文第 3 节：学习率 = 基础 × 批次 / 256，余弦衰减'],
  'optimizer.momentum': ['动量', '论文第 3 节'],
  'optimizer.weightDecay': ['权重衰减', '论文第 3 节；小照片集用 5e-4'],
  'optimizer.warmupEpochs': ['预热', '论文：批次 1024 起用 10 轮'],
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
  'checkpoint.minutes': ['保存间隔', '断电最多损失的时间'],
  'checkpoint.diskGigabytes': ['检查点磁盘', '系列会被精简以不超过此数'],
  seed: ['随机种子', '同样的种子、照片与机器得到同样的参数'],
  device: ['设备', '自动即通过自检的设备中最快的一个'],
  precision: ['精度', 'float16 以一半的位数计算，须显卡支持；参数仍为 float32'],
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
  units: '单元',
  layers: '层',
  'per 256 images': '每 256 张',
  epochs: '轮',
  'of the area': '面积比',
  'width / height': '宽 / 高',
  probability: '概率',
  '± turns': '± 圈',
  'px (sigma)': '像素（σ）',
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
  'judgement.healthy': '正在学习：损失 {loss}，秩 {rank}（迄今最高 {rankBest}），z 的标准差比 {zStd}。',
  'judgement.suspicious':
    '这可能演变为坍缩：损失 {loss}，z 的标准差比 {zStd}（1 为健康），特征使用 {rank} 个方向，是曾用 {rankBest} 个的 {rankShare}。',
  'judgement.dimensionalCollapse':
    '照片正被压到少数方向上：损失 {loss}，z 的标准差比 {zStd}（1 为健康）；z 使用 {projectionRank} 个方向，特征使用 {rank} 个方向，是曾用 {rankBest} 个的 {rankShare}。',
  'judgement.collapsed':
    '网络已坍缩：几乎所有照片在它看来都一样。损失 {loss}，z 的标准差比在训练时为 {zStd}、使用时为 {projectionStd}，特征只使用 {rank} 个方向，是曾用 {rankBest} 个的 {rankShare}。',
  'judgement.notLearning': '什么也没学到：{step} 步之后损失为 {loss}，几乎没有下降，近邻也不比训练前更好。',
  'judgement.diverging': '训练发散：损失为 {loss}，最好时曾为 {lossLeast}。',
  'advice.lastHealthy': '回到最后一个健康的检查点：之后的已丢失学到的东西。',
  'advice.stopGradient': '开启停止梯度：没有它，网络只要让所有照片看来一样就能降低损失。',
  'advice.predictor': '使用预测头（MLP）：没有经过训练的预测头，SimSiam 会坍缩或学不到东西。',
  'advice.learningRateDown': '把学习率降低 2 到 3 倍。',
  'advice.learningRateUp': '把学习率提高 3 倍：不动的损失也许只是太慢。',
  'advice.warmup': '用最初 10 轮预热。',
  'advice.crops': '在预览中检查裁剪是否仍能看出主体；取更大的裁剪。',
  'advice.jitter': '减弱颜色抖动。',
  'advice.method': '换一种方法：MoCo 与 SimCLR 会把照片推开，不会这样坍缩。',
};

/** What a plan refuses or notes; their English is made in shared/plan.ts. */
const plans: Record<string, string> = {
  'note.smallMap': '在 {imageSize} 像素下，imagenet 起始层只留下 {map} × {map} 的特征图：cifar 起始层保留更多细节。',
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
