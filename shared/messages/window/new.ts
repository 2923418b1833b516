/** A new run: what is asked, what it costs, what the network will see. */
import { catalogue } from '../catalogue.ts';

export const newRunWords = catalogue({
  'new.subtitle': [
    'Every choice has a good default. Start at once, or look around first.',
    '每个选项都有合适的默认值。可以立即开始，也可以先看看。',
  ],
  'new.emptyText': [
    'Training needs photos. Add a folder of yours, or try it with the samples.',
    '训练需要照片。添加你的文件夹，或用示例试试。',
  ],
  'new.photos': ['Photos', '照片'],
  'new.name': ['Name', '名称'],
  'new.namePlaceholder': ['chosen for you', '自动取名'],
  'new.stillReading': [
    'The photos are still being read; training can start when that is done.',
    '照片仍在读取，读完即可开始训练。',
  ],
  'new.clonedFrom': ['Settings of “{name}”, with the change applied.', '沿用“{name}”的设置，并已应用所建议的改动。'],
  'new.preset': ['Preset', '预设'],
  'new.suggested': ['Suggested', '推荐'],
  'new.about': ['about {time}', '约 {time}'],
  'new.start': ['Start training', '开始训练'],
  'new.fix': ['Use {value}', '改用 {value}'],
  'new.common': ['The run', '本次训练'],
  'new.length': ['How long', '时长'],
  'new.lengthHint': [
    'A number of passes over all photos (epochs), or the time you have: the schedule is then fitted to this machine’s speed.',
    '遍历全部照片的次数（轮），或你拥有的时间：学习率安排会按这台电脑的速度来适配。',
  ],
  'new.minutes': ['By time', '按时间'],
  'new.epochs': ['By epochs', '按轮数'],
  'new.iHave': ['I have', '我有'],
  'new.minutesUnit': ['minutes', '分钟'],
  'new.epochsUnit': ['epochs', '轮'],
  'new.init': ['Start from', '起点'],
  'new.initHint': [
    'Random weights learn from your photos alone. Rendered ones come with the application and know rendered pictures, and no photo of anyone’s. Weights that have seen photos before get further in the same time.',
    '随机权重只从你的照片学习；“渲染图像”随应用提供，只见过渲染出来的图像，不含任何人的照片；见过照片的权重在同样时间里走得更远。',
  ],
  'new.initRandom': ['Random', '随机'],
  'new.initRendered': ['Rendered pictures', '渲染图像'],
  'new.initFile': ['A file', '文件'],
  'new.initRun': ['An earlier run', '先前的训练'],
  'new.initCheckpoint': ['{name}, an earlier checkpoint', '{name}，较早的检查点'],
  'new.initPath': ['Path of the weights of a ResNet (safetensors, .pth)', 'ResNet 权重文件路径（safetensors、.pth）'],
  'new.initPick': ['Choose…', '选择…'],
  'new.views': ['What may change between two views', '两个视图之间允许有哪些变化'],
  'new.viewsText': [
    'The network learns to ignore what changes here. Keep what matters to you unchanged.',
    '网络会学着忽略这里变化的东西。对你重要的，请保持不变。',
  ],
  'new.colourMatters': ['Colour matters', '颜色很重要'],
  'new.colourMattersHint': [
    'Turns colour jitter and greyscale off: for flowers, minerals, fabrics, stained tissue.',
    '关闭颜色抖动与灰度：适合花卉、矿物、织物、染色组织等。',
  ],
  'new.advanced': ['Advanced', '高级'],
  'new.advancedText': ['everything the paper studies', '论文研究过的一切设置'],
  'new.paperPresets': ['The paper’s own settings:', '论文自己的设置：'],
  'new.unset': ['not set', '未设定'],
  'new.resetSetting': ['Back to the preset’s {label}', '恢复预设的{label}'],

  'preset.quick.title': ['Quick', '快速'],
  'preset.quick.text': [
    'A narrow network on small views, by SimCLR, which gets furthest in minutes: a first look.',
    '窄网络、小视图，用 SimCLR（几分钟内进步最快）：先看看。',
  ],
  'preset.balanced.title': ['Balanced', '均衡'],
  'preset.balanced.text': [
    'A good encoder for an evening, by SimCLR: SimSiam would want many more epochs.',
    '一个晚上得到不错的编码器，用 SimCLR：SimSiam 需要多得多的轮数。',
  ],
  'preset.thorough.title': ['Thorough', '彻底'],
  'preset.thorough.text': [
    'The full network by SimSiam, as long as it takes.',
    '完整网络，用 SimSiam，需要多久就多久。',
  ],
  'preset.cifar.title': ['CIFAR-10 (paper)', 'CIFAR-10（论文）'],
  'preset.imagenet.title': ['ImageNet (paper)', 'ImageNet（论文）'],

  'new.testingDevices': ['Testing the devices of this machine…', '正在测试这台机器的设备……'],
  'new.testDevices': ['Test devices in Settings', '到“设置”中测试设备'],

  'cost.title': ['What it will cost', '所需资源'],
  'cost.time': ['Time', '时间'],
  'cost.timeHint': ['Training time on this machine, pauses not counted.', '在这台电脑上的训练时间，不计暂停。'],
  'cost.memory': ['Memory', '内存'],
  'cost.memoryHint': [
    'Memory at the peak of a training step: the network, its gradients, one batch and the photos in wait.',
    '一个训练步的内存峰值：网络、梯度、一个批次与等待中的照片。',
  ],
  'cost.device': ['GPU memory', '显存'],
  'cost.deviceHint': [
    'Of the graphics card: the network, its gradients and what a batch leaves for the backward pass, estimated.',
    '显卡所需的显存（估计）：网络、梯度，以及一个批次为反向传播留下的数据。',
  ],
  'cost.disk': ['Disk', '磁盘'],
  'cost.diskHint': ['Checkpoints that are kept and the cache of decoded photos.', '保留的检查点与已解码照片的缓存。'],
  'cost.steps': [
    { one: '{count} epoch of {steps} steps', other: '{count} epochs of {steps} steps' },
    '{count} 轮，每轮 {steps} 步',
  ],
  'cost.basis.measured': ['measured on this machine', '在这台电脑上实测'],
  'cost.basis.predicted': ['predicted from a similar network', '由相近网络推算'],

  'preview.title': ['What the network will see', '网络将看到的样子'],
  'preview.text': [
    'Two views of each photo, made as the trainer makes them. They should still show the same thing to you.',
    '每张照片的两个视图，与训练时的做法相同。在你看来，它们应仍是同一样东西。',
  ],
  'preview.shuffle': ['Others', '换一批'],
  'preview.original': ['The photo', '原照片'],
  'preview.view': ['View {index}', '视图 {index}'],
  'preview.making': ['Making views…', '正在生成视图…'],
  'preview.none': ['Views appear here once photos have been read.', '读取照片后，视图会显示在这里。'],
});
