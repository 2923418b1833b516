/** Help and the chapters of the manual. */
import { catalogue } from '../catalogue.ts';

export const helpWords = catalogue({
  'help.search': ['Search Help and the manual', '搜索帮助和手册'],
  'help.found': [{ one: '{count} page found', other: '{count} pages found' }, '找到 {count} 页'],
  'help.library.title': ['Library', '照片库'],
  'help.library.text': [
    'A folder is read where it lies, with the folders within it; nothing is ever changed or written there. What cannot be read is listed with its reason, and changes are noticed while the window is open.\nLabels come from subfolders, from a CSV whose columns you choose, or from tags. They measure, and never train. A held-out share is kept apart for Evaluate; photos that belong together (bursts, wells, patients) stay on one side.\nChoose photos by a click, with Shift up to there, with Ctrl or Cmd one more, or all with Ctrl+A. The bar below then tags them, excludes them from training, copies them to a folder, saves their list, or opens them as a collection that can be trained on. All but copying and saving can be undone.\nDuplicates tells three kinds apart: the same file, the same picture (made smaller, brighter, turned, cut a little) and look-alikes. Each group says which to keep, and why.\nUnder “Values, tiles, labels” tags come in from a CSV, which can be undone, and go out as one.',
    '文件夹在原处读取，连同其中的子文件夹；从不改动或写入。无法读取的会列出原因，窗口打开时会注意到变化。\n类别来自子文件夹、由你选择列的 CSV，或你给照片加的标签。它们只用于衡量，从不用于训练。留出的部分供“评估”使用；属于一体的照片（连拍、孔位、病人）留在同一侧。\n单击选择照片，按住 Shift 选到该处，按住 Ctrl 或 Cmd 再加一张，Ctrl+A 全选。下方的操作栏可以加标签、从训练中排除、复制到文件夹、保存列表，或作为可训练的集合打开。除复制和保存外都可撤销。\n“重复”分为三种：同一文件、同一画面（缩小、调亮、旋转、略微裁剪）和相似照片。每组都说明该保留哪张以及原因。\n在“数值、图块与标签”中，标签可从 CSV 导入（可撤销），也可保存为 CSV。',
  ],
  'help.presets.title': ['Presets', '预设'],
  'help.presets.text': [
    'Quick gives a first look in minutes: a narrow network on small views. On a processor Balanced takes an hour and Thorough, which trains the full network, a night; on a graphics card both go by epochs. The one that suits the number of your photos is suggested.\nBeside each stands what it will take on this computer, from a measured step where one was made. You may also say how many minutes you have; when fewer epochs fit than planned, the end says so and offers the rest.\nRendered pictures are weights that come with Lookalike and shorten the way; a file of known weights or an earlier run may do more. A trial of some five minutes compares ways to begin on your own photos.\nUnder “What may change between two views” say what does not matter in your photos: where colour tells your things apart, keep colour; where there is no up, let views be turned over.',
    '“快速”几分钟内给出初步结果：窄网络、小视图。在处理器上“均衡”需要一小时，训练完整网络的“彻底”需要一夜；在显卡上两者都按轮数进行。会按照片数量推荐合适的一个。\n每个旁边写着在这台电脑上需要多少时间，若已测过一步则以实测为准。也可以说明你有多少分钟；若实际轮数少于计划，结束时会说明并可补上其余的。\n“渲染图片”是随 Lookalike 附带的权重，可以缩短路程；已知权重的文件或较早的训练也许更好。约五分钟的试训会在你自己的照片上比较各种起点。\n在“两个视图之间可以变化的”中说明什么对你的照片无关紧要：若靠颜色区分事物，就保留颜色；若没有上下之分，就允许视图上下翻转。',
  ],
  'help.explore.title': ['Explore', '浏览'],
  'help.explore.text': [
    'The map shows photos that the network finds alike near each other: PCA at once, UMAP when it is ready. Its axes mean nothing by themselves. Click a photo for its nearest ones, click on, and go back by the trail. They come in the order of their likeness, each with its rank and the share of all pairs of these photos that are less alike: “No. 1 · 99.8 %” is the nearest, and nearer than 998 of 1,000 pairs. The cosine behind it, on hover, differs from encoder to encoder. A query unlike anything here is said to be so. “Beside it” shows the same photo under another epoch or another run, and marks what both find.\nClusters, outliers and duplicates are ways to look through many photos. A cluster is called after the tag or label that more than half of it has, and its colour is that of its points. The search and the tags above list some of the photos.\nFind the rest: tag a few photos of something, and all others are ranked by how probably they belong. Answer the candidates: that all belong, or which is the first that does not. It is said how many have probably been found, and where the network cannot tell.\nPick chooses photos to label first: varied, typical, uncertain, or a mix. Run, checkpoint, query and filter stand in the address, so Back and a reload return to the same place.',
    '地图把网络认为相像的照片放在一起：PCA 立即可见，UMAP 稍后就绪。坐标轴本身没有意义。单击照片查看与它最近的，继续单击，并可沿路径返回。它们按相似程度排列，各标出名次和不如它们相似的照片对比例：“第 1 · 99.8%”表示最接近，且比 1,000 对中的 998 对更接近。悬停可见的余弦因编码器而异。与这里一切都不像的查询会如实说明。“并排显示”给出同一张照片在另一轮次或另一次训练下的结果，并标出两者都找到的照片。\n聚类、离群和重复是浏览大量照片的方法。聚类以其中过半照片具有的标签或类别命名，颜色与地图上的点相同。上方的搜索和标签可只列出部分照片。\n找出其余：给某种事物的几张照片加上标签，其他照片便按可能属于的程度排列。回答候选：全部属于，或哪张是第一张不属于的。会说明大概已找到多少，以及网络何时分辨不了。\n“挑选”选出应先标注的照片：多样、典型、不确定，或混合。训练、检查点、查询和筛选都在地址中，后退和刷新会回到同一处。',
  ],
  'help.export.title': ['Export', '导出'],
  'help.export.text': [
    'The encoder goes into files that other tools open as they are: ONNX with its preprocessing, safetensors with the names of timm and torchvision, Detectron2 where the network is one that it has. A format that this network cannot have is disabled, with the reason.\nEmbeddings are one row of numbers for each photo: NumPy, CSV, Parquet, Arrow, JSON Lines, or a folder for the TensorBoard Projector.\nEvery file is read back and compared before it counts as done, and beside it stand the lines of code that load it. A format that fails does not take the others along.',
    '编码器写成其他工具可直接打开的文件：带预处理的 ONNX、采用 timm 和 torchvision 名称的 safetensors，以及网络合适时的 Detectron2。此网络无法采用的格式会被禁用并说明原因。\n嵌入是每张照片的一行数字：NumPy、CSV、Parquet、Arrow、JSON Lines，或供 TensorBoard Projector 使用的文件夹。\n每个文件都会读回并比较后才算完成，旁边附有加载它的代码。一种格式失败不会影响其他格式。',
  ],
  'help.keys.title': ['Keys', '按键'],
  'help.keys.text': [
    'Everything works by keyboard alone: Tab goes from control to control, and these keys do the rest. Press ? anywhere to see them.',
    '一切都可只用键盘完成：Tab 在控件之间移动，其余由这些按键完成。随时按 ? 查看。',
  ],
  'help.pages': ['Help pages', '帮助页'],
  'help.simsiam.title': ['What SimSiam does', 'SimSiam 做什么'],
  'help.simsiam.caption': [
    'Two views of a photo go through the same network f; the predictor h makes one agree with the other.',
    '一张照片的两个视图经过同一个网络 f；预测头 h 使一个与另一个一致。',
  ],
  'help.simsiam.text': [
    'Lookalike shows the network two different crops of the same photo, with colours changed at random, and asks it to describe both alike. Nobody says what is in the photo: that two views belong together is all it is told. To manage, it has to notice what stays: the thing in the photo.\nThere is a lazy way out, to describe every photo the same. SimSiam blocks it with two small tricks: one side goes through a predictor h first, and the other side is taken as given (the gradient is stopped there). Why this is enough is what the paper is about (Chen and He, 2020, “Exploring Simple Siamese Representation Learning”).\nWhat you keep is f: it turns a photo into a list of numbers, and photos that show alike things get alike lists.',
    'Lookalike 给网络看同一张照片的两个不同裁剪，颜色随机变化，并要求它把两者描述得一样。没有人告诉它照片里是什么，它只知道这两个视图属于同一张。为此它必须注意到不变的东西：照片里的事物。\n有一条偷懒的路：把所有照片描述成一样。SimSiam 用两个小技巧堵住它：一侧先经过预测头 h，另一侧视为给定（梯度在那里停止）。为什么这就够了，正是论文的内容（Chen 与 He，2020，“Exploring Simple Siamese Representation Learning”）。\n最后留下的是 f：它把照片变成一串数字，内容相似的照片得到相似的数字。',
  ],
  'help.loss.title': ['Loss', '损失'],
  'help.loss.caption': [
    'Both curves fall. The loss alone does not tell a healthy run from a collapsed one.',
    '两条曲线都在下降。仅凭损失分不清健康与坍缩。',
  ],
  'help.loss.text': [
    'The loss says how far the prediction from one view agrees with the other view: 0 is no agreement, −1 is complete agreement. It falls while the network learns.\nIt also goes to −1 when the network gives up and describes all photos alike. So a very low loss is not by itself good news: look at the spread and the rank beside it.',
    '损失表示由一个视图作出的预测与另一个视图有多一致：0 是毫不一致，−1 是完全一致。网络学习时它会下降。\n网络放弃、把所有照片描述成一样时，它同样会趋于 −1。所以极低的损失本身并非好消息，请同时看分散程度与秩。',
  ],
  'help.std.title': ['Spread (std ratio)', '分散程度（标准差比）'],
  'help.std.caption': [
    'Near 1 the descriptions use the whole sphere; in the bands they huddle together.',
    '接近 1 时描述铺满整个球面；落入色带时它们挤在一起。',
  ],
  'help.std.text': [
    'Every description is scaled to length 1, a point on a sphere. The std ratio says how widely the points of many photos are spread: 1 is evenly all around, 0 is all in one place.\nA falling ratio of z is the early sign of a collapse; the shaded bands mark where to worry. The features of an untrained network start near 0.2 and may rise for good or bad reasons, so that they have no threshold.',
    '每个描述都缩放到长度 1，即球面上的一点。标准差比表示许多照片的点分散得多开：1 是均匀铺开，0 是集中于一处。\nz 的比值下降是坍缩的早期信号，色带标出该担心的范围。未训练网络的特征约从 0.2 开始，升高的原因可好可坏，因此没有阈值。',
  ],
  'help.rank.title': ['Effective rank', '有效秩'],
  'help.rank.caption': [
    'Left: many directions carry something. Right: a few do the work of all, the others are empty.',
    '左：许多方向都有内容。右：少数方向包办一切，其余皆空。',
  ],
  'help.rank.text': [
    'A description is a list of hundreds of numbers, but do they say different things? The effective rank counts how many directions are really in use.\nIt should stay near or above where it started. When it falls to a fraction of that while the loss nears −1, the network has collapsed, even if the spread still looks fine.',
    '一个描述有数百个数字，但它们说的是不同的事吗？有效秩计算真正在用的方向有多少。\n它应保持在起点附近或更高。若它降到起点的一小部分，而损失接近 −1，即使分散程度看来正常，网络也已坍缩。',
  ],
  'help.quality.title': ['Neighbours found', '找对的近邻'],
  'help.quality.caption': [
    'The photo in question gets the label most of its nearest neighbours have.',
    '待判断的照片取得多数近邻的类别。',
  ],
  'help.quality.text': [
    'Where subfolders are labels, the kNN accuracy says how often a photo’s nearest neighbours vote for the right one. The labels are used for this figure only, never for training.\nNeighbour agreement needs no labels: it says how often a photo’s own second view is the nearest of all. Both start above zero, since even a random network sees colours: what counts is the gain over the untrained network.',
    '当子文件夹即类别时，kNN 准确率表示照片的近邻投票选对类别的比例。类别只用于这个数字，从不用于训练。\n近邻一致率不需要类别：它表示照片自己的第二视图恰是最近者的比例。两者都不会从零开始，因为随机网络也看得到颜色：重要的是相对未训练网络的增长。',
  ],
  'help.geometry.title': ['Alignment and uniformity', '对齐与均匀'],
  'help.geometry.caption': [
    'Left: views of a photo (a pair) lie close, photos spread evenly. Right: close pairs, but everything huddles.',
    '左：同一照片的视图（一对）靠近，照片均匀散开。右：成对靠近，但全都挤在一起。',
  ],
  'help.geometry.text': [
    'Two figures that together describe a good encoder (Wang and Isola, 2020). Alignment: how close the two views of a photo lie; lower is closer. Uniformity: how evenly photos spread over the sphere; lower is more even.\nA collapse has perfect alignment and the worst uniformity.',
    '两个数字共同描述一个好的编码器（Wang 与 Isola，2020）。对齐：一张照片的两个视图有多近，越低越近。均匀：照片在球面上散得多匀，越低越匀。\n坍缩时对齐完美，而均匀最差。',
  ],
  'help.verdicts.title': ['Verdicts', '各种判断'],
  'help.verdicts.caption': [
    'The features of many photos, seen from a side: spread, flattened to a line, fallen to a point.',
    '许多照片的特征，从侧面看：散开、压成一线、落到一点。',
  ],
  'help.verdicts.text': [
    'Too early to say: fewer than 30 steps are done. Healthy: no sign of a collapse, the rank holds up; how much it has learned, the neighbours say. Suspicious: an early sign is there; watch the next epochs. Dimensional collapse: the features fell onto a few directions. Collapsed: all photos are described alike. Not learning: the loss stays high and flat. Diverging: the loss grows or is no number any more.\nWhat helps, in this order: go back to the last healthy checkpoint; lower the learning rate by 2 to 3 times; add warm-up epochs; check that the crops still show the subject; weaken the colour jitter; then try another method. The banner offers the change as a button that sets up a new run with it.',
    '为时过早：完成不到 30 步。正常：没有坍缩的迹象，秩保持不降；学到了多少，由近邻说明。可疑：出现早期信号，请留意接下来几轮。维度坍缩：特征落到少数方向上。已坍缩：所有照片描述得一样。没有在学习：损失居高不下。发散：损失上升或不再是数字。\n按顺序，有帮助的是：回到最后一个健康的检查点；把学习率降低 2 到 3 倍；增加预热；检查裁剪是否仍能看出主体；减弱颜色抖动；然后换一种方法。横幅上的按钮会用该改动新建训练。',
  ],
  'help.lab.title': ['The Lab', '实验室'],
  'help.lab.caption': [
    'What a study changes is drawn in colour: here the stop-gradient is taken away.',
    '研究所改变之处以颜色画出：这里去掉了停止梯度。',
  ],
  'help.lab.text': [
    'The paper asks what SimSiam needs in order not to collapse, and answers by taking one thing away at a time. The Lab repeats each of these studies on your photos: its arms are ordinary runs that differ in one setting and share photos, number of epochs and seeds.\nArms are compared by kNN accuracy where your folder has labels, by a linear classifier if you ask for it, and by neighbour agreement where there are none. The levels cannot be compared with the paper’s, which trained a larger network on a million photos; which arms learn, and in which order, can.\nOne seed shows what is decisive, such as a collapse. For small differences train several: the spread says how much is chance.',
    '论文提出的问题是：SimSiam 要怎样才不会坍缩，并以每次去掉一样东西来回答。实验室在你的照片上重复这些研究：其中的对照是普通的训练，只差一项设置，照片、轮数与种子都相同。\n文件夹有类别时用 kNN 准确率比较，需要时用线性分类器，没有类别时用近邻一致率。数值高低与论文不可比，论文在百万张照片上训练更大的网络；哪些对照能学习、次序如何则可以比较。\n一个种子足以看出决定性的差别，例如坍缩。细小的差别需要多个种子：离散程度说明偶然有多大。',
  ],

  'manual.title': ['Manual', '手册'],
  'manual.install': ['Install', '安装'],
  'manual.first-run': ['First run', '第一次训练'],
  'manual.own-folder': ['Your own folder', '你自己的文件夹'],
  'manual.charts': ['What the charts mean', '图表的含义'],
  'manual.collapse': ['When it collapses', '坍缩时怎么办'],
  'manual.recipes': ['Recipes by field', '各领域的做法'],
  'manual.exports': ['Exports, with code', '导出与代码'],
  'manual.cluster': ['Several graphics cards, and SLURM', '多张显卡与 SLURM'],
  'manual.command-line': ['Command line', '命令行'],
  'manual.files': ['Files and formats', '文件与格式'],
  'manual.privacy': ['Privacy', '隐私'],
  'manual.troubleshooting': ['Troubleshooting', '疑难解答'],
  'manual.science': ['The science', '科学依据'],

  'help.licences.title': ['Licences', '许可证'],
  'help.licences.text': [
    'Lookalike is free software under the MIT licence, made with the works below. Every package carries the same list as a file, LICENCES.txt. libvips and libheif, under the LGPL, may be replaced by your own builds: it says where they lie and how to get their source.\nHEIC photos are coded in HEVC, on which there are patents in some countries: whoever sells or passes on what decodes them may need a licence for it.',
    'Lookalike 是采用 MIT 许可证的自由软件，由下列作品构成。每个安装包都附有同样的清单文件 LICENCES.txt。采用 LGPL 的 libvips 和 libheif 可以换成你自己编译的版本：其中写明它们的位置以及如何取得源代码。\nHEIC 照片采用 HEVC 编码，在一些国家受专利保护：出售或转发能解码它们的软件或设备者，可能需要取得专利许可。',
  ],
  'help.figure.twoViews': [
    'A photo is made into two views; both go through the network f; one side goes on through the predictor h and is compared with the other, where the gradient stops.',
    '一张照片变成两个视图，都经过网络 f；一侧再经过预测头 h，与另一侧比较，后者的梯度被停止。',
  ],
  'help.figure.photo': ['a photo', '一张照片'],
  'help.figure.view1': ['one view', '一个视图'],
  'help.figure.view2': ['another view', '另一个视图'],
  'help.figure.agree': ['alike?', '相似吗？'],
  'help.figure.stop': ['stop-gradient', '停止梯度'],
  'help.figure.loss': [
    'Two loss curves over time: a healthy run ends above −1, a collapsing run drops to −1.',
    '两条随时间变化的损失曲线：健康的停在 −1 之上，坍缩的降到 −1。',
  ],
  'help.figure.std': [
    'Two spread curves over time: a healthy run stays near 1, a collapsing run falls through the warning band into the alarm band.',
    '两条随时间变化的分散曲线：健康的保持在 1 附近，坍缩的穿过警告带落入警报带。',
  ],
  'help.figure.healthy': ['healthy', '健康'],
  'help.figure.collapsed': ['collapsing', '坍缩'],
  'help.figure.time': ['training →', '训练 →'],
  'help.figure.rank': [
    'Two bar charts of singular values: many of similar size, and a few large ones with the rest near nothing.',
    '两幅奇异值柱状图：一幅许多大小相近，另一幅少数很大而其余近乎为零。',
  ],
  'help.figure.manyDirections': ['many directions in use', '许多方向在用'],
  'help.figure.fewDirections': ['only a few', '只有几个'],
  'help.figure.neighbours': [
    'A photo of unknown label inside a circle of its nearest neighbours, most of them of one label.',
    '一张未知类别的照片位于其近邻的圈中，多数近邻属于同一类别。',
  ],
  'help.figure.vote': ['the neighbours inside the circle vote', '圈内的近邻投票'],
  'help.figure.sphere': [
    'Two circles with pairs of points: evenly spread, and huddled on one side.',
    '两个圆上的成对点：一个均匀散开，一个挤在一侧。',
  ],
  'help.figure.spread': ['aligned and uniform', '对齐且均匀'],
  'help.figure.bunched': ['aligned, not uniform', '对齐但不均匀'],
  'help.figure.collapse': [
    'Three scatters of points: a full disc, a line, a single spot.',
    '三幅散点图：满圆、一条线、一个点。',
  ],
});
